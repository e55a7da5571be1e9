"""Process control point by point in plain Python and exact fractions: slow and obvious, to hold the arrays against.

Each function gives one baseline's points without missing ones. Nothing here is rounded, so 'strictly' is strict without a tolerance.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

ABOVE, BELOW, ON = 1, -1, 0


def compare(number, line):
    return ABOVE if number > line else BELOW if number < line else ON


def beyond(distance, squared_sigma, sigmas):
    """Which side of a band of so many sigma a point lies on, without taking a root."""
    if distance**2 <= sigmas**2 * squared_sigma:
        return ON
    return compare(distance, 0)


def xmr(values):
    values = [Fraction(value) for value in values]
    mean = sum(values) / len(values)
    ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(values)]
    sigma = Fraction(266, 100) * sum(ranges) / len(ranges) / 3 if ranges else None
    # Without a moving range no point is beyond a line.
    squared = [math.inf if sigma is None else sigma**2] * len(values)
    return judged(values, mean, squared)


def p_chart(numerators, denominators):
    mean = Fraction(sum(numerators), sum(denominators))
    values = [Fraction(x, n) for x, n in zip(numerators, denominators, strict=True)]
    return judged(values, mean, [mean * (1 - mean) / n for n in denominators])


def u_chart(events, exposures):
    mean = Fraction(sum(events), sum(exposures))
    values = [Fraction(x, n) for x, n in zip(events, exposures, strict=True)]
    return judged(values, mean, [mean / n for n in exposures])


def binomial(n, share):
    """The probabilities of 0 to n among n."""
    return [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


def poisson(mean):
    """The probabilities of 0, 1, 2 and so on events, as far as any is worth having."""
    return [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(int(mean + 20 * mean**0.5 + 40))] if mean else [1.0]


def quantile(chances, share):
    """The least k of which at most k has that much probability."""
    below = 0.0
    for k, chance in enumerate(chances):
        below += chance
        if below >= share:
            return k
    return len(chances) - 1


def few(numerators, denominators, rate=False, centre=None):
    """A chart of few events: exact limits, and runs on one side by the product of their points' probabilities."""
    centre = Fraction(sum(numerators), sum(denominators)) if centre is None else centre
    rows = []
    for x, n in zip(numerators, denominators, strict=True):
        chances = poisson(float(centre * n)) if rate else binomial(n, float(centre))
        limits = [quantile(chances, share) for share in (0.00135, 0.99865)]
        above = sum(chance for k, chance in enumerate(chances) if k > centre * n)
        below = sum(chance for k, chance in enumerate(chances) if k < centre * n)
        rows.append((ABOVE if x > limits[1] else BELOW if x < limits[0] else ON, compare(x, centre * n), above, below))
    found = []
    for index, (outside, side, _, _) in enumerate(rows):
        first, last = index, index
        while first > 0 and rows[first - 1][1] == side:
            first -= 1
        while last + 1 < len(rows) and rows[last + 1][1] == side:
            last += 1
        product = math.prod(row[2 if side == ABOVE else 3] for row in rows[first : last + 1])
        run = side if side != ON and last > first and product <= (1 + 1e-9) / 128 else ON
        rule = "outside" if outside else "shift" if run else None
        direction = {ABOVE: "high", BELOW: "low", ON: None}[outside or run]
        found.append((rule, direction, {outside, run} - {ON}))
    return found


def only_outside(found):
    """The same without any rule but the first; `found` is that of charts whose points are outside on one side at most."""
    return [
        (rule, direction, {{"high": ABOVE, "low": BELOW}[direction]}) if rule == "outside" else (None, None, set())
        for rule, direction, _ in found
    ]


def denominators_vary(denominators):
    """By more than a quarter around their mean."""
    mean = Fraction(sum(denominators), len(denominators))
    return any(abs(n - mean) > mean / 4 for n in denominators)


def method(measure, period_days, numerators, denominators, varying=None):
    """Which limits the rules give one baseline of a measure; `varying` is about the whole series' denominators."""
    kind, remembers = measure.kind, measure.memory_days > period_days
    varying = denominators_vary(denominators) if varying is None else varying
    complements = [n - x for x, n in zip(numerators, denominators, strict=True)]
    counted = [numerators] if kind == "rate" else [numerators, complements]
    if any(sum(each) / len(each) < 5 for each in counted):
        return "poisson" if kind == "rate" else "binomial"
    if not measure.unit.event and not remembers:
        return "laney_u" if kind == "rate" else "laney_p"
    if kind == "rate":
        return "u"
    return "p" if varying or remembers else "xmr"


def centre(method, pairs):
    """The centre line of points given as numerators with denominators."""
    if method == "xmr":
        return sum((Fraction(x) / n for x, n in pairs), Fraction(0)) / len(pairs)
    return Fraction(sum(x for x, _ in pairs)) / sum(n for _, n in pairs)


def held_against(method, baseline, pairs, long=False):
    """Points held against the limits that other ones give."""
    middle = centre(method, baseline)
    values = [Fraction(x) / n for x, n in pairs]
    if method in ("binomial", "poisson"):
        return few([x for x, _ in pairs], [n for _, n in pairs], method == "poisson", centre=middle)
    if method == "xmr":
        before = [Fraction(x) / n for x, n in baseline]
        ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(before)]
        return judged(values, middle, [(Fraction(266, 300) * sum(ranges) / len(ranges)) ** 2 if ranges else math.inf] * len(values))
    one = middle * (1 - middle) if method in ("p", "laney_p") else middle
    wider = widened([Fraction(x) / n - middle for x, n in baseline], [n for _, n in baseline], one) if "laney" in method else 1
    wider *= Fraction(5, 4) if method == "laney_u" and long else 1
    return judged(values, middle, [one / n * wider**2 for _, n in pairs])


def widened(away, sizes, one):
    """How much wider Laney's limits are: the moving range of the points' distances in sigmas, where it is above that of chance."""
    scores = [float(far) * math.sqrt(size / one) for far, size in zip(away, sizes, strict=True)]
    ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(scores)]
    return Fraction(max(1.0, 2.66 / 3 * sum(ranges) / len(ranges))) if ranges else Fraction(1)


def around_seasons(method, seasons, places, pairs):
    """Points around the means of their seasons; runs are of nine."""
    placed = list(zip(places, pairs, strict=True))
    of_season = {season: [pair for place, pair in placed if place % seasons == season] for season in range(seasons)}
    away, known = [], []
    for place, (x, n) in placed:
        beside = of_season[place % seasons]
        away.append(Fraction(x) / n - centre(method, beside))
        share = n / sum(size for _, size in beside)
        known.append(float(away[-1]) / math.sqrt(max(1 - share, 0.1)))
    middle = centre(method, pairs)
    one = middle * (1 - middle) if method == "laney_p" else middle
    wider = widened(known, [n for _, n in pairs], one)
    return judged(away, 0, [one / n * wider**2 for _, n in pairs], run=9)


def against_last_year(method, seasons, places, pairs):
    """Each point against the one of a year before; those without one have no limits."""
    middle = centre(method, pairs)
    one = middle * (1 - middle) if method == "laney_p" else middle
    found = []
    for place, (x, n) in zip(places, pairs, strict=True):
        before = dict(zip(places, pairs, strict=True)).get(place - seasons)
        side = ON
        if before:
            wide = 3 * math.sqrt(float(one * (Fraction(1, before[1]) + Fraction(1, n))))
            least, most = (0.0, 1.0 if method == "laney_p" else math.inf)
            earlier, value = before[0] / before[1], x / n
            side = (value > min(earlier + wide, most) + 1e-12) - (value < max(earlier - wide, least) - 1e-12)
        found.append(("outside", "high" if side == ABOVE else "low", {side}) if side else (None, None, set()))
    return found


def chosen(measure, period_days, places, numerators, denominators, varying):
    """What the rules say of one baseline of a measure, and by which limits."""
    remembers, long = measure.memory_days > period_days, period_days > 200
    name = method(measure, period_days, numerators, denominators, varying)
    pairs = list(zip(numerators, denominators, strict=True))
    seasons = round(365.25 / period_days)
    if measure.seasonal and seasons > 1 and "laney" in name:
        if min(sum(place % seasons == season for place in places) for season in range(seasons)) < 3:
            return "last_year", against_last_year(name, seasons, places, pairs)
        return name, around_seasons(name, seasons, places, pairs)
    found = held_against(name, pairs, pairs, long)
    return name, only_outside(found) if remembers or (long and "laney" in name) else found


def judged(values, mean, squared_sigmas, run=7):
    """For each point: its special cause, its direction, and the set of directions that any rule gives it."""
    outside = [beyond(value - mean, squared, 3) for value, squared in zip(values, squared_sigmas, strict=True)]
    far = [beyond(value - mean, squared, 2) for value, squared in zip(values, squared_sigmas, strict=True)]
    side = [compare(value, mean) for value in values]
    found = []
    for index in range(len(values)):
        shift = side[index] if in_shift(side, index, run) else ON
        rising, falling = in_trend(values, index, ABOVE, run), in_trend(values, index, BELOW, run)
        two = far[index] if in_two_of_three(side, far, index) else ON
        rules = {"outside": {outside[index]} - {ON}, "shift": {shift} - {ON}, "two_of_three": {two} - {ON}}
        rules["trend"] = {sign for sign, there in ((ABOVE, rising), (BELOW, falling)) if there}
        first = next((rule for rule in ("outside", "shift", "trend", "two_of_three") if rules[rule]), None)
        direction = next(iter(rules[first])) if first and len(rules[first]) == 1 else None
        if first == "trend" and len(rules[first]) == 2:
            direction = ABOVE if in_trend(values[index:], 0, ABOVE, run) else BELOW
        found.append((first, {ABOVE: "high", BELOW: "low", None: None}[direction], set().union(*rules.values())))
    return found


def windows(length, index, size):
    """Every window of so many consecutive points that holds this one."""
    return [range(start, start + size) for start in range(length - size + 1) if start <= index < start + size]


def in_shift(side, index, run):
    return any(all(side[i] == side[index] != ON for i in window) for window in windows(len(side), index, run))


def in_trend(values, index, sign, run):
    return any(
        all(compare(values[i + 1], values[i]) == sign for i in window[:-1]) for window in windows(len(values), index, run)
    )


def in_two_of_three(side, far, index):
    if far[index] == ON:
        return False
    return any(
        all(side[i] == side[index] for i in window) and sum(far[i] == far[index] for i in window) >= 2
        for window in windows(len(side), index, 3)
    )


def run_chart(values):
    """The median, the longest run and the crossings, counted by walking along."""
    ordered = sorted(values)
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half]) / 2
    longest = run = crossings = useful = 0
    last = ON
    for value in values:
        side = compare(value, median)
        if side == ON:
            continue
        useful += 1
        crossings += last == -side
        run = run + 1 if side == last else 1
        longest = max(longest, run)
        last = side
    return median, useful, longest, crossings
