#!/usr/bin/env bash
# Builds everything and runs every test project. Needs the .NET SDK, and redis-server, tshark, python3, chromium, node and npm, which it installs on Debian where they are missing.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if every step worked and no test failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_NOLOGO=1
export DOTNET_CLI_UI_LANGUAGE=en
# A bare system has no ICU, and the projects are culture-invariant anyway.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# Programs that run for seconds pay for the compiler's profiles and do not live to use them.
export DOTNET_TieredPGO=0
# No build node outlives the script.
export MSBUILDDISABLENODEREUSE=1

results=artifacts/test-results
# The longest that one test project may take, in seconds.
patience=1200
passed=0
failed=0
skipped=0

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] || exit 1
    exit 0
}

# A step that breaks outside any test counts as one failure, so that no summary of a broken run reads as clean.
broken() {
    echo "BROKEN: $1"
    failed=$((failed + 1))
}

# The number in one attribute of a report's <assembly> element; 0 if there is none.
count() {
    local number
    number=$(sed -n "s/.*<assembly [^>]* $2=\"\([0-9][0-9]*\)\".*/\1/p" "$1" | head -n 1)
    echo "${number:-0}"
}

# Runs one test project; what it prints goes to standard output, and its exit code into a file beside its report.
run_project() {
    local name=$1 assembly code=0
    assembly=$(dotnet msbuild "tests/$name/$name.csproj" -nologo -p:Configuration=Release -getProperty:TargetPath) || assembly=
    if [ ! -f "$assembly" ]; then
        echo "not built" >"$results/$name.exit"
        return
    fi

    echo "== $name"
    # A test that hangs is named after two minutes, and does not hold up the run for ever.
    timeout --kill-after=30 "$patience" dotnet exec "$assembly" -noLogo -noColor -noAutoReporters -longRunning 120 -result-xml "$results/$name.xml" </dev/null || code=$?
    echo "$code" >"$results/$name.exit"
}

# Adds what a project's report says to the sums.
count_project() {
    local name=$1 report code ok bad
    report=$results/$name.xml
    code=$(cat "$results/$name.exit" 2>/dev/null || echo "none")
    if ! grep -qF "tests\\$name\\$name.csproj" OrleansAgents.sln; then
        broken "$name is not in OrleansAgents.sln"
        return
    fi

    if [ ! -s "$report" ]; then
        broken "$name ended without a report (exit code: $code)"
        return
    fi

    ok=$(count "$report" passed)
    bad=$(($(count "$report" failed) + $(count "$report" errors)))
    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + $(count "$report" skipped)))
    if [ $((ok + bad)) -eq 0 ]; then
        broken "$name ran no test"
    elif [ "$code" != 0 ] && [ "$bad" -eq 0 ]; then
        broken "$name ended with exit code $code though no test failed"
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# A package source may fail in passing, and leave half of an installation behind.
install() {
    as_root apt-get update || as_root apt-get update || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" && return 0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -f install -y || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The tests start servers of their own. A package may start one more; it is told not to, and one that came all the same is ended.
ensure_tools() {
    local policy=/usr/sbin/policy-rc.d ours=false tool missing=()
    for tool in redis-server tshark python3 chromium node npm; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || { broken "${missing[*]} missing and there is no apt-get to install it with; install it, and run this again"; return 0; }
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || { broken "${missing[*]} missing, and installing it needs root or sudo"; return 0; }
    if [ ! -e "$policy" ] && printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy"; then
        ours=true
    fi
    # The package of node has another name.
    install "${missing[@]/%node/nodejs}" || true
    if [ "$ours" = true ]; then
        as_root rm -f "$policy"
    fi
    for tool in "${missing[@]}"; do
        command -v "$tool" >/dev/null || broken "$tool could not be installed; install it, and run this again"
    done
    if [ "$ours" != true ] && [ "${missing[0]}" = redis-server ] && [ -s /run/redis/redis-server.pid ]; then
        as_root service redis-server stop || true
    fi
}

# The public SDKs that samples call a silo with. Their lock files say which bytes they are.
ensure_packages() {
    local sample
    for sample in samples/interop/*/package-lock.json; do
        sample=$(dirname "$sample")
        (cd "$sample" && { npm ci --no-audit --no-fund || npm ci --no-audit --no-fund; }) || broken "npm could not bring the packages of $sample"
    done
}

rm -rf "$results"
mkdir -p "$results"
ensure_tools
ensure_packages

if ! dotnet restore OrleansAgents.sln; then
    broken "the restore failed"
    finish
fi

if ! dotnet build OrleansAgents.sln -c Release --no-restore; then
    broken "the build failed"
    finish
fi

# The end-to-end tests wait for processes most of the time; the others fill it.
run_project EndToEnd >"$results/EndToEnd.log" 2>&1 &
processes=$!
run_project Unit
run_project Cluster
wait "$processes"
cat "$results/EndToEnd.log"
for name in Unit Cluster EndToEnd; do
    count_project "$name"
done

finish
