#!/usr/bin/env python3
"""Does the simulator foretell an engine? Fits its engine form to iterations measured at some loads, then runs other loads on the
engine and in the simulator, with the same arrivals, lengths and caps, and prints medians side by side.

    chiron-examples/router/fidelity.py [folder for the files, default: a new temporary one]
"""
import csv, http.client, json, pathlib, random, statistics, subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
ROUTER = HERE / "target/chiron-router.jar"
SIMULATOR = HERE.parent / "simulator/target/chiron-simulator.jar"
FIT = [1, 2, 4, 8, 16]  # sequences at once, always as many
# name, cap, arrivals per second (0: all at once), requests
TEST = [("all at once", 3, 0, 60), ("all at once", 6, 0, 90), ("all at once", 12, 0, 120), ("light", 16, 1.5, 45),
        ("medium", 16, 3, 90), ("capped", 4, 3.5, 90)]
PROMPT = "a tale"
FIT_SECONDS = 12


def complete(port, tokens):
    """Times of the tokens of one request, and its prompt tokens."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v1/completions", json.dumps({"prompt": PROMPT, "max_tokens": tokens, "stream": True}))
    times, prompt = [], 0
    for line in connection.getresponse():
        if b'"finish_reason":null' in line:
            times.append(time.monotonic())
        elif b'"usage"' in line:
            prompt = json.loads(line[6:])["usage"]["prompt_tokens"]
    connection.close()
    return times, prompt


def saturate(port, sequences, seconds, rng):
    end = time.monotonic() + seconds
    lengths = [[rng.randint(32, 96) for _ in range(1000)] for _ in range(sequences)]

    def client(mine):
        for tokens in mine:
            if time.monotonic() > end:
                return
            complete(port, tokens)

    together([lambda mine=mine: client(mine) for mine in lengths])


def together(actions):
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(port, cap, arrivals):
    """Medians of TTFT and ITL, and tokens per second, of requests (arrival, tokens)."""
    slots, done, start = threading.Semaphore(cap), [], time.monotonic()

    def run(arrival, tokens):
        with slots:
            times, prompt = complete(port, tokens)
        done.append((times[0] - start - arrival, (times[-1] - times[0]) / (len(times) - 1), times[-1] - start, prompt))

    threads = []
    for arrival, tokens in arrivals:
        time.sleep(max(0, start + arrival - time.monotonic()))
        threads.append(threading.Thread(target=run, args=(arrival, tokens)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    rate = sum(tokens for _, tokens in arrivals) / (max(d[2] for d in done) - arrivals[0][0])
    return statistics.median(d[0] for d in done), statistics.median(d[1] for d in done), rate, done[0][3]


def simulate(folder, cap, arrivals, prompt):
    trace, outcome = folder / "trace.csv", folder / "outcome.json"
    with open(trace, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["arrival_s", "prompt_tokens", "output_tokens"])
        writer.writerows([f"{arrival:.4f}", prompt, tokens] for arrival, tokens in arrivals)
    subprocess.run(["java", "-jar", SIMULATOR, "run", "--profile", folder / "engine.json", "--trace", trace, "--policy",
                    f"static:instances=1;cap={cap}", "--initial-instances", "1", "--max-instances", "1", "--local-period", "0.05",
                    "--json", outcome], check=True, stdout=subprocess.DEVNULL)
    run = json.loads(outcome.read_text())
    rate = sum(tokens for _, tokens in arrivals) / (run["simulatedSeconds"] - arrivals[0][0])
    return run["interactive"]["ttftSeconds"]["p50"], run["interactive"]["itlSeconds"]["p50"], rate


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="fidelity"))
    folder.mkdir(parents=True, exist_ok=True)
    rng, iterations = random.Random(1), folder / "iterations.csv"
    engine = subprocess.Popen(["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", ROUTER, "io.chiron.examples.router.Main", "engine",
                               "--iterations", iterations], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = next(int(line.split()[-1]) for line in engine.stdout if line.startswith("engine listens"))
        saturate(port, 4, 15, rng)
        warm = sum(1 for _ in open(iterations))
        for sequences in FIT:
            saturate(port, sequences, FIT_SECONDS, rng)
        time.sleep(1)
        rows = iterations.read_text().splitlines()
        (folder / "points.csv").write_text("\n".join(rows[:1] + rows[warm:]) + "\n")
        subprocess.run(["java", "-jar", SIMULATOR, "calibrate", folder / "points.csv", "--id", "engine", "--kv-capacity", "8192",
                        "--json", folder / "engine.json"], check=True)
        print(f"{'load':>12} {'cap':>4} | {'TTFT ms':>8} {'simul.':>8} {'error':>6} | {'ITL ms':>7} {'simul.':>7} {'error':>6} |"
              f" {'tokens/s':>8} {'simul.':>7} {'error':>6}")
        errors = []
        for name, cap, rate, count in TEST:
            now, arrivals = 0.0, []
            for _ in range(count):
                now += rng.expovariate(rate) if rate else 0
                arrivals.append((now, rng.randint(32, 96)))
            *real, prompt = measure(port, cap, arrivals)
            model = simulate(folder, cap, arrivals, prompt)
            errors.append([m / r - 1 for m, r in zip(model, real)])
            cells = [f"{r * k:8.1f} {m * k:7.1f} {e:+6.0%}" for r, m, e, k in zip(real, model, errors[-1], (1000, 1000, 1))]
            print(f"{name:>12} {cap:4} | " + " | ".join(cells), flush=True)
        for what, column in zip(("TTFT", "ITL", "tokens/s"), zip(*errors)):
            print(f"{what}: median of the errors {statistics.median(map(abs, column)):.0%}, largest {max(map(abs, column)):.0%}")
    finally:
        engine.kill()


main()
