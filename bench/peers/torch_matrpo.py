"""The authors' MATRPO update, re-timed in PyTorch: three agents, heads of five choices, links in turn."""
import numpy as np
import torch

AGENTS, CHOICES = 3, 5
MAX_KL, DAMPING, PENALTY = 0.003, 1e-2, 1.0
CG_STEPS, LINE_STEPS, FISHER_STRIDE = 10, 10, 5
LINKS = np.array([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], dtype=float)


def flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


class Agent:
    def __init__(self, network, rows):
        self.policy, self.old = network(AGENTS * CHOICES), network(AGENTS * CHOICES)
        with torch.no_grad():
            self.policy[4].weight.mul_(0.01)
        self.old.load_state_dict(self.policy.state_dict())
        self.parameters = list(self.policy.parameters())
        self.estimates = torch.zeros(AGENTS, AGENTS, rows)
        self.multipliers = torch.ones(AGENTS, AGENTS, rows)
        self.observations = torch.randn(rows, 18) * 0.7
        self.advantages = torch.randn(rows)

    def log_probs(self, net, observations):
        return torch.log_softmax(net(observations).view(-1, AGENTS, CHOICES), -1)

    def log_ratios(self, actions):
        """[agents, rows] log-ratios of all heads, with old and new log-probabilities."""
        with torch.no_grad():
            old = self.log_probs(self.old, self.observations)
        new = self.log_probs(self.policy, self.observations)
        return (new - old).gather(2, actions[:, :, None])[:, :, 0].t(), old, new

    def gradient(self, actions, sign, estimates, multipliers):
        ratios, _, _ = self.log_ratios(actions)
        weights = self.advantages[None] - (sign * multipliers).sum(0) + PENALTY * (sign * estimates).sum(0)
        return flat(torch.autograd.grad((weights * ratios).sum(0).mean(), self.parameters))

    def losses(self, actions, sign, estimates, multipliers):
        """Lagrangian and KL."""
        with torch.no_grad():
            ratios, old, new = self.log_ratios(actions)
            kl = (old.exp() * (old - new)).sum((1, 2)).mean()
            surrogate = (ratios.sum(0).exp() * self.advantages).mean()
            gap = sign * ratios[None] - estimates
            penalties = (multipliers * gap).sum((0, 1)) + 0.5 * PENALTY * (gap * gap).sum((0, 1))
            return float(penalties.mean() - surrogate), float(kl)

    def fisher(self, direction, observations):
        with torch.no_grad():
            old = self.log_probs(self.old, observations)
        new = self.log_probs(self.policy, observations)
        kl = (old.exp() * (old - new)).sum((1, 2)).mean()
        slope = flat(torch.autograd.grad(kl, self.parameters, create_graph=True))
        return flat(torch.autograd.grad(slope @ direction, self.parameters)) + DAMPING * direction

    def direction(self, gradient):
        observations = self.observations[::FISHER_STRIDE].contiguous()
        x, r, p = torch.zeros_like(gradient), gradient.clone(), gradient.clone()
        square = r @ r
        for _ in range(CG_STEPS):
            z = self.fisher(p, observations)
            step = square / (p @ z)
            x += step * p
            r -= step * z
            following = r @ r
            p = r + following / square * p
            square = following
            if square < 1e-10:
                break
        return x

    def move(self, vector):
        first = 0
        for parameter in self.parameters:
            size = parameter.numel()
            parameter.data.copy_(vector[first : first + size].view_as(parameter))
            first += size

    def update(self, actions, sign, neighbours):
        self.policy.load_state_dict(self.old.state_dict())
        link = sign, self.estimates[neighbours], self.multipliers[neighbours]
        gradient = self.gradient(actions, *link)
        before, _ = self.losses(actions, *link)
        x = self.direction(gradient)
        full = x / torch.sqrt(0.5 * (gradient @ x) / MAX_KL)
        start = flat(self.parameters).detach().clone()
        for shrink in range(LINE_STEPS):
            self.move(start + 0.5**shrink * full)
            loss, kl = self.losses(actions, *link)
            if kl <= 1.5 * MAX_KL and loss <= before:
                return
        self.move(start)


class OfficialUpdate:
    """One link after another: `activate` is one of the 100 activations of a policy iteration."""

    def __init__(self, network, rows):
        self.rows = rows
        self.agents = [Agent(network, rows) for _ in range(AGENTS)]
        self.actions = torch.randint(0, CHOICES, (rows, AGENTS))
        self.turn = 0

    def activate(self):
        link = LINKS[self.turn % len(LINKS)]
        self.turn += 1
        pair = [int(agent) for agent in np.nonzero(link)[0]]
        for own, other in (pair, pair[::-1]):
            sign = torch.zeros(2, AGENTS, self.rows)
            sign[0] = float(link[own])
            outsider = next(agent for agent in range(AGENTS) if agent not in pair)
            self.agents[own].update(self.actions, sign, [other, outsider])
        self.exchange(link, pair)

    def exchange(self, link, pair):
        with torch.no_grad():
            heard = {own: self.agents[own].log_ratios(self.actions)[0] for own in pair}
            duals = {own: self.agents[own].multipliers[other].clone() for own, other in (pair, pair[::-1])}
            for own, other in (pair, pair[::-1]):
                sign, agent = float(link[own]), self.agents[own]
                ratios = agent.log_ratios(self.actions)[0]
                gap = sign * (ratios - heard[other])
                dual = 0.5 * (duals[own] + duals[other]) + 0.5 * PENALTY * gap
                agent.estimates[other] = (duals[own] - dual) / PENALTY + sign * ratios
                agent.multipliers[other] = dual
