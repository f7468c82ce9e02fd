/* The page within the program; see served_page.h. */
#include "serve/served_page.h"

__asm__(".pushsection .rodata\n"
        ".global served_page\n"
        "served_page: .incbin \"libcore/serve/served_page.html\"\n"
        ".Lserved_page_end: .byte 0\n"
        ".balign 4\n"
        ".global served_page_bytes\n"
        "served_page_bytes: .long .Lserved_page_end - served_page\n"
        ".popsection\n");
