"""FEDn's server functions: hands each round to aml-fedavg on the host of the combiner's hook service. See README.md.

FEDn sends the text of the class to that service, which runs it with np, os, random and logger in reach, and nothing
else of this file. AML_FEDAVG, AML_SEED and AML_ROUNDS are the service's environment."""
from fedn.network.combiner.hooks.allowed_import import ServerFunctionsBase, logger, np, os


class ServerFunctions(ServerFunctionsBase):
    """A method that raises is retired by FEDn, which then averages itself, unchecked: what can fail is in average()."""

    def __init__(self):
        self.over = True

    def client_settings(self, global_model):
        """The model goes out. Asked for that model alone: what FEDn hands over later is any client's called global_model."""
        self.begin(global_model)
        return {}

    def begin(self, previous):
        self.previous, self.updates, self.over = previous, {}, False

    def incremental_aggregate(self, client_id, model, client_metadata, previous_global):
        if self.over:                   # FEDn did not get through with client_settings
            self.begin(previous_global)
        self.updates[client_id] = model, client_metadata

    def get_incremental_aggregate_model(self):
        """The next model; the previous one if there is none. FEDn asks again if it gets no answer."""
        self.over = True
        keep = os.environ.get("AML_ROUNDS")
        folder = "%s/round-%s-%s" % (keep or os.environ.get("TMPDIR", "/tmp"), np.datetime64("now"), os.urandom(4).hex())
        try:
            os.mkdir(folder, 0o700)
            return self.average(folder)
        except Exception as e:
            logger.error("aml-fedavg: the model stays as it was: %s", e)
            return self.previous
        finally:
            if not keep and os.path.isdir(folder):
                for name in os.listdir(folder):
                    os.remove(os.path.join(folder, name))
                os.rmdir(folder)

    def average(self, folder):
        """Of all updates that aml-fedavg does not refuse."""
        known = self.known()
        self.write(folder + "/previous.npz", self.previous, known)
        paths = {}
        for client, (model, told) in self.updates.items():
            paths[client] = "%s/client-%s.npz" % (folder, client)
            try:
                if not client or set(client) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"):
                    raise ValueError("an id has letters, digits, '.', '_' and '-'")
                self.write(paths[client], model, {k: told[k] for k in ("num_examples", "parents", *known) if k in told})
            except Exception as e:
                logger.warning("aml-fedavg: refused %r: %s", client, e)
                del paths[client]
        while paths:
            status, lines = self.run(folder, paths)
            if status == 0:
                logger.info("aml-fedavg: %d of %d updates\n%s", len(paths), len(self.updates), "\n".join(lines))
                with np.load(folder + "/next.npz") as z:
                    return [z[str(i)] for i in range(len(z.files))]
            why = [(c, s) for s in lines for c in paths if s.startswith("aml-fedavg: ") and paths[c] + ":" in s]
            if not why:
                raise RuntimeError("\n".join(lines) or "exit status %d" % status)
            for client, line in why:
                logger.warning("aml-fedavg: refused %s: %s", client, line.replace(folder + "/", ""))
                paths.pop(client, None)
        raise RuntimeError("no update is left of %d" % len(self.updates))

    def known(self):
        """What AML_SEED tells of all models. Without it no client may: the first one's word would count."""
        import json
        if not os.environ.get("AML_SEED"):
            return {}
        with np.load(os.environ["AML_SEED"]) as z:
            facts = json.loads(z.zip.comment)
        return {k: facts[k] for k in ("size", "classes") if k in facts}

    def write(self, path, model, facts):
        """As aml-weights(5): FEDn drops the facts of a file, but brings what aml-train told beside it."""
        import json
        comment = json.dumps(facts).encode()
        np.savez(path, **{str(i): a for i, a in enumerate(model)})
        with open(path, "r+b") as f:
            f.seek(-2, 2)               # the length of an archive's comment is the last that it has
            f.write(len(comment).to_bytes(2, "little") + comment)

    def run(self, folder, paths):
        """Returns the exit status of aml-fedavg and the lines on its standard error."""
        command = ["aml-fedavg", *os.environ.get("AML_FEDAVG", "").split(), "--previous", folder + "/previous.npz",
                   "-o", folder + "/next.npz", "--", *("%s=%s" % (c, paths[c]) for c in paths)]
        log = folder + "/log"
        to_log = (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=[to_log])
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with open(log, errors="replace") as f:
            return status, f.read().splitlines()
