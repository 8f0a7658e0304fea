"""PyTorch on one thread: the same protocol as serve.ts.

Reads one workload a line, answers each with the milliseconds of processor time of the fastest call in a turn.
`iteration` is the official MATRPO update (Li & He 2020; the authors' program) as its code computes it: every
activation of a link lets two agents start again from the old policy, take ten conjugate-gradient steps with
Fisher products by double backward on every fifth sample, search along the line and exchange log-ratios.
"""
import json
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
import torch
from torch import nn

from torch_matrpo import OfficialUpdate

torch.set_num_threads(1)
torch.manual_seed(0)

TURN_SECONDS, WARM_UP_SECONDS = 0.3, 0.2
SELU_SCALE, SELU_SHIFT = 1.0507009873554805, 1.7580993408473766


def network(outputs):
    hidden = [nn.Linear(18, 128), nn.SELU(), nn.Linear(128, 128), nn.SELU()]
    return nn.Sequential(*hidden, nn.Linear(128, outputs))


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def product(work):
    m, k, n = work["m"], work["k"], work["n"]
    a = torch.randn(k, m).t() if work["transposeA"] else torch.randn(m, k)
    b = torch.randn(n, k).t() if work["transposeB"] else torch.randn(k, n)
    out = torch.empty(m, n)
    return lambda: torch.mm(a, b, out=out)


def gradient(work):
    net, rows = network(15), work["rows"]
    x, advantages = torch.randn(rows, 18), torch.randn(rows)
    actions = torch.randint(0, 15, (rows, 1))
    parameters = list(net.parameters())

    def call():
        chosen = torch.log_softmax(net(x), -1).gather(1, actions)[:, 0]
        return torch.autograd.grad(-(chosen * advantages).mean(), parameters)

    return call


def fisher(work):
    """Double backward with the graph kept between products, the fastest way that autograd has."""
    net, x = network(15), torch.randn(work["rows"], 18)
    parameters = list(net.parameters())
    log_probs = torch.log_softmax(net(x), -1)
    old = log_probs.detach()
    divergence = (old.exp() * (old - log_probs)).sum(-1).mean()
    slope = flat(torch.autograd.grad(divergence, parameters, create_graph=True))
    direction = torch.randn(slope.numel())
    return lambda: torch.autograd.grad(slope @ direction, parameters, retain_graph=True)


def fisher_by_hand(work):
    """From stored activations, without autograd."""
    rows, sizes = work["rows"], [18, 128, 128, 15]
    w = [torch.randn(k, n) * 0.1 for k, n in zip(sizes, sizes[1:])]
    b = [torch.zeros(n) for n in sizes[1:]]
    dw = [torch.randn_like(matrix) for matrix in w]
    db = [torch.randn_like(vector) for vector in b]
    x = torch.randn(rows, 18)
    h1 = torch.selu(torch.addmm(b[0], x, w[0]))
    h2 = torch.selu(torch.addmm(b[1], h1, w[1]))
    probs = torch.softmax(torch.addmm(b[2], h2, w[2]), -1)
    s1, s2 = (torch.where(h > 0, torch.full_like(h, SELU_SCALE), h + SELU_SHIFT) for h in (h1, h2))

    def call():
        t1 = torch.addmm(db[0], x, dw[0]).mul_(s1)
        t2 = torch.addmm(db[1], h1, dw[1]).addmm_(t1, w[1]).mul_(s2)
        y = probs * torch.addmm(db[2], h2, dw[2]).addmm_(t2, w[2])
        u = (y - probs * y.sum(1, keepdim=True)) / rows
        d2 = u.mm(w[2].t()).mul_(s2)
        d1 = d2.mm(w[1].t()).mul_(s1)
        return [x.t().mm(d1), d1.sum(0), h1.t().mm(d2), d2.sum(0), h2.t().mm(u), u.sum(0)]

    def without_graph():
        with torch.no_grad():
            return call()

    return without_graph


def values(work):
    net, rows = network(1), work["rows"]
    x, returns = torch.randn(rows, 18), torch.randn(rows)
    optimizer = torch.optim.Adam(net.parameters(), 3e-4)

    def call():
        for _ in range(3):
            for rows_of in torch.randperm(rows)[: rows // 64 * 64].view(-1, 64):
                optimizer.zero_grad(set_to_none=True)
                ((net(x[rows_of])[:, 0] - returns[rows_of]) ** 2).mean().backward()
                optimizer.step()

    return call


def turn(call, seconds):
    end = time.process_time() + seconds
    fastest = float("inf")
    while True:
        start = time.process_time()
        call()
        now = time.process_time()
        fastest = min(fastest, now - start)
        if now >= end:
            return 1000 * fastest


def official(work):
    """Milliseconds of 100 activations and three value fits, from the fastest of a few."""
    update, fit = OfficialUpdate(network, work["rows"]), values(work)
    return lambda: 100 * turn(update.activate, 3) + 3 * turn(fit, 0)


PREPARE = {"product": product, "gradient": gradient, "fisher": fisher, "fisherByHand": fisher_by_hand, "values": values}
calls = {}


def answer(line):
    work = json.loads(line)
    if work["kind"] == "iteration":
        calls.setdefault(line, official(work))
        return calls[line]()
    if line not in calls:
        calls[line] = PREPARE[work["kind"]](work)
        turn(calls[line], WARM_UP_SECONDS)
    return turn(calls[line], TURN_SECONDS)


for line in sys.stdin:
    print(json.dumps({"milliseconds": answer(line)}), flush=True)
