"""Exit 0 if FEDn's statuses hold what aml-train reported of at least N trainings: metadata.py URL N"""
import json, sys, urllib.request


def unpack(v):
    while isinstance(v, str):
        v = json.loads(v)
    return v


request = urllib.request.Request(sys.argv[1] + "/api/v1/statuses/?type=MODEL_UPDATE", headers={"X-Limit": "1000"})
rows = json.load(urllib.request.urlopen(request))["result"]
# A client's "Received request" and "Starting processing" are of the same type.
done = [r for r in rows if r["type"] == "MODEL_UPDATE" and r["status"].startswith("Model update completed")]
told = [unpack(unpack(unpack(r["data"])["meta"])["training_metadata"]) for r in done]
good = [t for t in told if t["num_examples"] > 0 and t["tool"] == "aml-train" and t["loss"] > 0]
print(len(good), "of", len(told), "updates carry num_examples and loss", file=sys.stderr)
sys.exit(len(good) < int(sys.argv[2]) or len(good) != len(told))
