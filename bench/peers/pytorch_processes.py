"""A swarm of nets in several processes, each a `pytorch_peer.py` of its own with a given setting."""

import json
import os
import subprocess
import sys
import time

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch_peer.py")


class Processes:
    """Nets dealt out to processes; a step is one of each net, and over when the last process is."""

    def __init__(self, workload, setting):
        count = setting["processes"]
        own = {**workload, "nets": workload["nets"] // count, "setting": {**setting, "processes": 1}}
        command = [sys.executable, PEER, json.dumps(own)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.children = [subprocess.Popen(command, **pipes) for _ in range(count)]
        try:
            self._answers("ready")
        except Exception:
            self.close()
            raise

    def _answers(self, name):
        return [json.loads(child.stdout.readline())[name] for child in self.children]

    def run(self, steps):
        start = time.perf_counter()
        for child in self.children:
            print(json.dumps({"steps": steps}), file=child.stdin, flush=True)
        self._answers("seconds")
        return time.perf_counter() - start

    def close(self):
        for child in self.children:
            child.kill()
            child.wait()
