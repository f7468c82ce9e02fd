"""Writes corpus/scgi, form, base64 and request. Plain Python.

good-*: accepted. odd-*: unusual but valid, accepted. bad-*: refused. What fuzzing found is added by hand."""
from corpus_file import put


def request(*variables, body=""):
    head = "".join(name + "\0" + value + "\0" for name, value in variables)
    return "%d:%s,%s" % (len(head), head, body)


def scgi():
    empty, version = ("CONTENT_LENGTH", "0"), ("SCGI", "1")
    put("scgi", "good-get", request(empty, version, ("REQUEST_METHOD", "GET"), ("PATH_INFO", "/about")))
    put("scgi", "good-protocol-example", request(
        ("CONTENT_LENGTH", "27"), version, ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/deepthought"),
        body="What is the answer to life?"))
    put("scgi", "odd-empty-value", request(empty, version, ("QUERY_STRING", "")))
    put("scgi", "odd-line-in-path", request(empty, version, ("PATH_INFO", "/a\r\nb")))
    put("scgi", "odd-more-behind", request(empty, version, body="more"))
    put("scgi", "odd-zeros", request(("CONTENT_LENGTH", "0003"), version, body="abc"))
    put("scgi", "bad-empty", "")
    put("scgi", "bad-http", "GET / HTTP/1.0\r\n\r\n")
    put("scgi", "bad-zero-first", "0" + request(empty, version))
    put("scgi", "bad-no-variables", "0:,")
    put("scgi", "bad-no-length", ":,")
    put("scgi", "bad-long", "65537:")
    put("scgi", "bad-digits", "111111")
    put("scgi", "bad-comma", request(empty, version).replace(",", ";"))
    put("scgi", "bad-odd-number", request(empty, version).replace("24:", "26:").replace(",", "A\0,"))
    put("scgi", "bad-no-nul", "23:CONTENT_LENGTH\0000\0SCGI\0001,")
    put("scgi", "bad-length-later", request(version, empty))
    put("scgi", "bad-length-missing", request(version))
    put("scgi", "bad-length-empty", request(("CONTENT_LENGTH", ""), version))
    put("scgi", "bad-length-sign", request(("CONTENT_LENGTH", "+1"), version, body="a"))
    put("scgi", "bad-length-huge", request(("CONTENT_LENGTH", "99999999999999999999"), version))
    put("scgi", "bad-version", request(empty, ("SCGI", "2")))
    put("scgi", "bad-no-version", request(empty))
    put("scgi", "bad-twice", request(empty, version, ("A", "1"), ("A", "2")))
    put("scgi", "bad-no-name", request(empty, version, ("", "1")))
    put("scgi", "bad-name", request(empty, version, ("A\nB", "1")))
    put("scgi", "bad-cut-off", request(("CONTENT_LENGTH", "5"), version, body="abcd"))


def form_body(*parts, boundary="b", line="\r\n"):
    between = "--" + boundary
    return line.join("%s%s%s%s%s" % (between, line, head, line * 2, data) for head, data in parts) + line + between + "--" + line


def form():
    plain = "multipart/form-data; boundary=b\n"
    field, file = 'Content-Disposition: form-data; name="top"', 'Content-Disposition: form-data; name="file"; filename="%s"'
    put("form", "good-browser", "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW\n" + form_body(
        (field, "3"), (file % "a %22b%22.tiff" + "\r\nContent-Type: image/tiff", "II*\0\r\n--data"),
        boundary="----WebKitFormBoundary7MA4YWxkTrZu0gW"))
    put("form", "good-curl", "multipart/form-data; boundary=------------------------d74496d66958873e\n" + form_body(
        (file % 'a \\"b\\\\c\\".png', "\x89PNG"), boundary="------------------------d74496d66958873e"))
    put("form", "odd-quoted-boundary", 'Multipart/Form-Data; charset=utf-8; Boundary="b:? c"\n' + form_body((field, ""), boundary="b:? c"))
    put("form", "odd-extended-name", plain + form_body((file % "a" + "; filename*=utf-8'en'%C3%A4%20%0A%2", "")))
    put("form", "odd-tab-in-name", plain + form_body((file % "a" + "; filename*=utf-7'a\tb", "")))
    put("form", "odd-preamble-epilogue", plain + "before\r\n" + form_body((field, "1")) + "after\r\n--b\r\n")
    put("form", "odd-boundary-in-data", plain + form_body((field, "x--b\r\n--bc\r\n\r\n--b--x\r\n--b -\n--b\n")))
    put("form", "odd-padding", plain + "--b \t\r\n" + field + "\r\n\r\n1\r\n--b-- \t")
    put("form", "odd-no-data", plain + "--b\r\n" + field + "\r\n\r\n--b--")
    put("form", "odd-tokens", plain + form_body(("content-disposition:form-data;;name = x; filename=a b.png ; size", "")))
    put("form", "odd-nothing-chosen", plain + form_body((file % "", "")))
    put("form", "odd-windows-path", plain + form_body((file % "C:\\cells\\a.tif", "")))
    put("form", "bad-empty", "")
    put("form", "bad-no-boundary", "multipart/form-data\n" + form_body((field, "")))
    put("form", "bad-empty-boundary", 'multipart/form-data; boundary=""\n' + form_body((field, ""), boundary=""))
    put("form", "bad-long-boundary", "multipart/form-data; boundary=" + "b" * 71 + "\n" + form_body((field, ""), boundary="b" * 71))
    put("form", "bad-other-boundary", plain + form_body((field, ""), boundary="c"))
    put("form", "bad-line-feeds", plain + form_body((field, ""), line="\n"))
    put("form", "bad-no-parts", plain + "--b--\r\n")
    put("form", "bad-cut-off", plain + form_body((field, "data"))[:-6])
    put("form", "bad-no-name", plain + form_body(("Content-Type: text/plain", "")))
    put("form", "bad-no-name-twice", plain + form_body(("\r\n".join([file.replace(" name=", " jame=") % "a"] * 2), "")))
    put("form", "bad-attachment", plain + form_body((field.replace("form-data", "attachment"), "")))
    put("form", "bad-no-empty-line", plain + "--b\r\n" + field + "\r\n--b--\r\n")
    put("form", "bad-quotes", plain + form_body((file % 'a\\', "")))
    put("form", "bad-behind-quotes", plain + form_body((file % 'a"b', "")))
    put("form", "bad-nul", plain + form_body((file % "a\0b", "")))
    put("form", "bad-return", plain + form_body((file % "a\rb", "")))
    put("form", "bad-folded", plain + form_body((field + ";\r\n filename=x", "")))
    put("form", "bad-base64", plain + form_body((field + "\r\nContent-Transfer-Encoding: base64", "")))
    put("form", "bad-twice", plain + form_body((field + "\r\n" + field, "")))
    put("form", "bad-many-parts", plain + form_body(*[(field, "")] * 1025))


def base64():
    put("base64", "good-padded", "Zm9vYg==")
    put("base64", "good-digits", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    put("base64", "odd-empty", "")
    put("base64", "odd-unpadded", "Zm9vYg")
    put("base64", "odd-url", "AP-_--__")
    put("base64", "odd-lines", "Zm9v\r\nYg = \t=\n")
    put("base64", "bad-one-digit", "Zm9vY")
    put("base64", "bad-bits-left", "Zh==")
    put("base64", "bad-padding", "Zg=")
    put("base64", "bad-padding-alone", "====")
    put("base64", "bad-padding-more", "Zg===")
    put("base64", "bad-behind-padding", "Zg==Zg==")
    put("base64", "bad-nul", "Zm9v\0")
    put("base64", "bad-byte", b"Zm9\xff")
    put("base64", "bad-data-url", "data:image/png;base64,Zm9v")


def requests():
    put("request", "good-field", "12\ntop\nmodel=cells&top=3")
    put("request", "odd-no-length", "\nmodel\nmodel=a+b%20%C3%A4")
    put("request", "odd-escapes", "0\na\na=%&b=%4&a=%zz%00%0a%")
    put("request", "odd-escaped-name", "00001\ntop\n&&=&t%6f%70=1&top")
    put("request", "bad-sign", "-1\na\na")
    put("request", "bad-hex", "0x10\na\na")
    put("request", "bad-blank", " 1\na\na")
    put("request", "bad-two", "1, 1\na\na")
    put("request", "bad-more", "4097\na\na")
    put("request", "bad-overflow", "18446744073709551617\na\na")


scgi()
form()
base64()
requests()
