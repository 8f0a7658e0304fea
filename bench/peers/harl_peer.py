"""HARL (PKU-MARL) on MPE2, its tuned settings: environment steps a second of whole updates, by the clock.

python harl_peer.py HARL_FOLDER ALGORITHM SCENARIO UPDATES prints one line of JSON. Python must find harl, mpe2,
pettingzoo, gymnasium, supersuit and PyTorch. HARL was written for releases of Gym and PettingZoo that differ from
today's in names and in what reset returns; that is all that is adapted here. Evaluation and logs are switched off,
PyTorch uses one thread beside the processes that step the 20 environments, its best setting on two processors.
"""
import importlib
import json
import os
import statistics
import sys
import time
import types
import warnings

warnings.filterwarnings("ignore")
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
import gymnasium

sys.modules["gym"], sys.modules["gym.spaces"] = gymnasium, gymnasium.spaces
releases = {
    "simple_spread_v2": "simple_spread_v3",
    "simple_reference_v2": "simple_reference_v3",
    "simple_speaker_listener_v3": "simple_speaker_listener_v4",
}
folder, algorithm, scenario, updates = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
package = types.ModuleType("pettingzoo.mpe")
package.__path__ = []
sys.modules["pettingzoo.mpe"] = package
sys.modules[f"pettingzoo.mpe.{scenario}"] = importlib.import_module(f"mpe2.{releases[scenario]}")
# Logs need a package of their own, which takes no part in training.
logs = types.ModuleType("tensorboardX")
logs.SummaryWriter = type("SummaryWriter", (), {"__init__": lambda *_, **__: None, "__getattr__": lambda *_: lambda *_, **__: None})
sys.modules.setdefault("tensorboardX", logs)

from harl.envs.pettingzoo_mpe.pettingzoo_mpe_env import PettingZooMPEEnv
from harl.runners import RUNNER_REGISTRY


def reset(self):
    self._seed += 1
    self.cur_step = 0
    observations, _ = self.env.reset(seed=self._seed)
    return self.unwrap(observations), self.repeat(self.env.state()), self.get_avail_actions()


PettingZooMPEEnv.reset = reset

with open(f"{folder}/tuned_configs/pettingzoo_mpe/{scenario}-discrete/{algorithm}/config.json") as file:
    config = json.load(file)
settings = config["algo_args"]
settings["eval"]["use_eval"] = False
settings["device"].update(cuda=False, torch_threads=1)
settings["logger"]["log_dir"] = "/tmp/harl"
train = settings["train"]
steps = train["episode_length"] * train["n_rollout_threads"]
train["num_env_steps"] = steps * updates
stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
runner = RUNNER_REGISTRY[algorithm](config["main_args"], settings, config["env_args"])
runner.save = lambda *_: None
runner.logger.episode_log = lambda *_, **__: None
ends, seconds, update = [], [], runner.train


def timed():
    start = time.perf_counter()
    result = update()
    ends.append(time.perf_counter())
    seconds.append(ends[-1] - start)
    return result


runner.train = timed
runner.run()
runner.close()
whole = [end - start for start, end in zip(ends, ends[1:])]
report = {"steps": steps, "seconds": min(whole), "median": statistics.median(whole), "update": min(seconds[1:])}
print(json.dumps(report), file=stdout, flush=True)
os._exit(0)
