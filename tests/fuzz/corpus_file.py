"""Where the scripts that make corpora put their files. Plain Python."""
import os
HERE = os.path.dirname(os.path.abspath(__file__))


def put(kind, name, data):
    """corpus/KIND/NAME: bytes, or text as UTF-8."""
    folder = os.path.join(HERE, "corpus", kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
