#pragma once
/*
 * Writes a page of HTML: elements that are closed in the right order, text and attributes that
 * nothing in them can break out of. What a page cannot hold (bytes that are no UTF-8, control
 * characters) becomes U+FFFD. Errors stay in the stream.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { HTML_DEPTH = 32 };

struct html {
	FILE *f;
	const char *open[HTML_DEPTH];   /* names of the elements that are open, outermost first */
	int depth;
};

/* Begins with the doctype. */
void html_start(struct html *h, FILE *f);

/*
 * html_begin(h, NAME, ATTRIBUTE, VALUE, ...) begins an element; an attribute whose value is ""
 * stands alone. NAME must outlive the element. Names are ours: only values may come from outside.
 */
#define html_begin(h, ...) html_begin_list(h, (const char *const[]){ __VA_ARGS__, NULL })
void html_begin_list(struct html *h, const char *const *list);

/* Ends the innermost element, which must be called NAME. */
void html_end(struct html *h, const char *name);

/* An element that holds nothing, as meta; the same list. */
#define html_void(h, ...) html_void_list(h, (const char *const[]){ __VA_ARGS__, NULL })
void html_void_list(struct html *h, const char *const *list);

/* Text inside the innermost element. */
void html_text(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An element without attributes that holds this text. */
void html_put(struct html *h, const char *name, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/*
 * Text from outside that may run either way, such as an id, kept from turning its neighbours
 * around; control characters are shown as in printable.h.
 */
void html_foreign(struct html *h, const char *text);

/* What is HTML already, such as a drawing's or our own style. */
void html_raw(struct html *h, const char *text);

/* An image of WIDTH x HEIGHT, the SIZE bytes of a PNG file, inside the page. */
void html_png(struct html *h, const void *png, size_t size, int width, int height,
              const char *alt);
