/* Messages: set, put into their place, cut where they are too long. */
#include "base/err.h"

#include "tap.h"

int main(void)
{
	char text[sizeof(struct err) + 100];
	struct err e;

	is_int(err_set(&e, "array %d is %s", 8, "damaged"), -1, "err_set gives -1");
	is_text(e.text, "array 8 is damaged", "its message");
	is_int(err_in(&e, "w.npz"), -1, "err_in gives -1");
	is_text(e.text, "w.npz: array 8 is damaged", "the place in front");
	err_in(&e, "folder");
	is_text(e.text, "folder: w.npz: array 8 is damaged", "and another");
	is_int(err_more(&e, "; make another"), -1, "err_more gives -1");
	is_text(e.text, "folder: w.npz: array 8 is damaged; make another", "a text behind");

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	err_set(&e, "%s", text);
	is_int((long long)strlen(e.text), sizeof e.text - 1, "a message too long is cut");
	err_in(&e, text);
	is_int((long long)strlen(e.text), 1002, "500 bytes of the place, 500 of the message");
	ok(!strncmp(e.text + 500, ": x", 3), "with the colon between");
	err_more(&e, text);
	is_int((long long)strlen(e.text), sizeof e.text - 1, "and what is put behind is cut");
	return tap_end();
}
