#pragma once
/* The page on which a picture is dropped: served_page.html, as it is, within the program. */

extern const char served_page[];
extern const unsigned served_page_bytes;
