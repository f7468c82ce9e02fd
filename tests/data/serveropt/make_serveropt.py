#!/usr/bin/env python3
"""Three rounds of FEDn's own fedopt (fedn 0.33.0, numpy 2) on made-up models of one array.

inputs.npy              <f4 [10][90]: the seed model, then three clients' models of each round
adam.npy, yogi.npy, adagrad.npy   <f8 [3][90]: the model after each round
The clients have 10, 20 and 70 images. Run in this folder; it rewrites the data.
"""
import queue
import types

import numpy as np
from fedn.network.combiner.aggregators.fedopt import Aggregator
from fedn.utils.helpers.plugins.numpyhelper import Helper

N, ROUNDS, IMAGES = 90, 3, (10, 20, 70)


class Handler:
    """What the aggregator asks of FEDn's update handler."""

    def __init__(self):
        self.model_updates = queue.Queue()

    def next_model_update(self):
        return self.model_updates.get()

    def load_model_update(self, update, helper):
        return update.weights, {"num_examples": update.images}

    def load_model(self, helper, model_id):
        return self.old


def main():
    rng = np.random.default_rng(7)
    seed = rng.normal(0, .02, N).astype("<f4")
    scale = np.logspace(-7, -1, N)              # from far below tau to far above
    updates = [[(seed + scale * rng.normal(.3, 1, N)).astype("<f4") for _ in IMAGES] for _ in range(ROUNDS)]
    np.save("inputs.npy", np.stack([seed] + [u for round_ in updates for u in round_]))
    for rule in ("adam", "yogi", "adagrad"):
        handler = Handler()
        aggregator = Aggregator(handler)
        aggregator._validate_and_merge_parameters = lambda given, default: {**default, "serveropt": rule}
        handler.old = [seed]
        results = []
        for round_ in updates:
            for images, weights in zip(IMAGES, round_):
                handler.model_updates.put(types.SimpleNamespace(
                    weights=[weights], images=images, model_id="", model_update_id=""))
            handler.old, _ = aggregator.combine_models(Helper(), delete_models=False)
            results.append(handler.old[0])
        np.save(rule + ".npy", np.stack(results).astype("<f8"))


main()
