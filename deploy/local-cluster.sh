#!/usr/bin/env bash
# Runs a cluster on this machine without containers: one redis-server and N silos on free ports of the loopback address.
# Ctrl-C or SIGTERM stops the silos in order, one after the other, and then Redis. See docs/deployment.md.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: deploy/local-cluster.sh N [--dir DIR] [--keep] [--no-build] [-- SETTING...]

  N           how many silos, 1 to 16
  --dir DIR   where data and logs go; the directory stays, and a later start goes on with its data
  --keep      without --dir: keep the temporary directory, too
  --no-build  use the Release build that is there
  SETTING     settings for every silo, such as --Agents:Assemblies:0 /path/My.Agents.dll

Exit codes: 0 stopped as told, 1 could not start or lost Redis or its last silo, 2 wrong usage.
TEXT
}

wrong_usage() {
    echo "$1" >&2
    usage >&2
    exit 2
}

fail() {
    echo "$1" >&2
    exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
silo_dll=$root/src/Silo/bin/Release/net10.0/OrleansAgents.Silo.dll
count='' base='' keep=no build=yes settings=()

while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) usage && exit 0 ;;
        --dir)
            [ $# -gt 1 ] && [ -n "$2" ] || wrong_usage "--dir wants a directory."
            base=$2 && shift
            ;;
        --keep) keep=yes ;;
        --no-build) build=no ;;
        --) shift && settings=("$@") && break ;;
        -*) wrong_usage "'$1' is no option." ;;
        *)
            [ -z "$count" ] || wrong_usage "'$1' is one word too many: the number of silos is $count already."
            count=$1
            ;;
    esac
    shift
done

[[ $count =~ ^([1-9]|1[0-6])$ ]] || wrong_usage "Give the number of silos, 1 to 16."
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 403)) || fail "This bash is version $BASH_VERSION; 4.3 or newer is needed."
command -v dotnet >/dev/null || fail "dotnet is not on the PATH; install the .NET 10 SDK."
command -v redis-server >/dev/null || fail "redis-server is not on the PATH; install Redis 6.2 or newer, such as the package redis-server."

if [ "$build" = yes ]; then
    dotnet build "$root/src/Silo" -c Release -v q --nologo >&2 || fail "The silo could not be built."
fi

[ -f "$silo_dll" ] || fail "$silo_dll is not there; leave out --no-build."

temporary=no
if [ -z "$base" ]; then
    base=$(mktemp -d "${TMPDIR:-/tmp}/agents-cluster-XXXXXX")
    temporary=yes
fi

mkdir -p "$base/redis" "$base/logs" || fail "The directory $base cannot be made; name another with --dir."
base=$(cd "$base" && pwd)

redis_pid='' redis_port='' started='' sleeper=''
silo_pids=() silo_lines=() taken=' '

# Each child is the head of a process group of its own: a Ctrl-C at the terminal is meant for this script alone, or Redis
# would go together with the silos and not after them.
spawn() {
    local log=$1
    shift
    set -m
    "$@" </dev/null >>"$log" 2>&1 &
    started=$!
    set +m
}

# Below the range from which systems hand out ports by themselves, and free when looked at.
free_port() {
    while :; do
        port=$((12000 + (RANDOM * 32768 + RANDOM) % 18000))
        [[ $taken != *" $port "* ]] || continue
        taken+="$port "
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    done
}

lives() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

# Ends one child by its pid. Gives what it exited with; a silo that takes longer than its drain is cut off.
end() {
    local name=$1 pid=$2 patience=$3 code=0 tick=0
    lives "$pid" || return 0
    kill -TERM "$pid" 2>/dev/null || true
    while lives "$pid" && [ "$tick" -lt $((patience * 10)) ]; do
        sleep 0.1
        tick=$((tick + 1))
    done

    if lives "$pid"; then
        echo "$name did not stop within $patience s and is killed." >&2
        kill -KILL "$pid" 2>/dev/null || true
    fi

    wait "$pid" 2>/dev/null || code=$?
    [ "$code" -eq 0 ] || echo "$name ended with exit code $code; see $base/logs." >&2
}

finish() {
    local code=$? i
    trap '' INT TERM HUP
    trap - EXIT
    ! lives "$sleeper" || kill "$sleeper"
    for i in "${!silo_pids[@]}"; do
        end "silo $((i + 1))" "${silo_pids[$i]}" 75
    done

    end redis "$redis_pid" 30
    if [ "$temporary" = yes ] && [ "$keep" = no ] && [ "$code" -eq 0 ]; then
        rm -rf "$base"
    else
        echo "Data and logs are in $base."
    fi

    exit "$code"
}

stop() {
    echo "Stopping."
    exit 0
}

trap finish EXIT
trap stop INT TERM HUP

start_redis() {
    local attempt tick log=$base/logs/redis.log
    for attempt in 1 2 3; do
        free_port
        redis_port=$port
        : >"$log"
        spawn "$log" redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$base/redis" \
            --appendonly yes --appendfsync always --save "" --maxmemory-policy noeviction --daemonize no
        redis_pid=$started
        for ((tick = 0; tick < 600; tick++)); do
            if grep -q 'Ready to accept connections' "$log"; then
                return 0
            fi

            lives "$redis_pid" || break
            sleep 0.1
        done

        # Somebody may have taken the port between its choice and its use.
        grep -q 'Address already in use' "$log" || break
    done

    tail -n 5 "$log" >&2
    fail "redis-server did not start; see $log."
}

start_silo() {
    local number=$1 http silo gateway log=$base/logs/silo-$1.log
    free_port && http=$port
    free_port && silo=$port
    free_port && gateway=$port
    : >"$log"
    spawn "$log" env DOTNET_ENVIRONMENT="${DOTNET_ENVIRONMENT:-Development}" dotnet exec "$silo_dll" --urls "http://127.0.0.1:$http" \
        --Agents:Profile Redis --ConnectionStrings:Redis "127.0.0.1:$redis_port" \
        --Agents:SiloPort "$silo" --Agents:GatewayPort "$gateway" ${settings[@]+"${settings[@]}"}
    silo_pids+=("$started")
    silo_lines+=("$(printf '%-6s %-8s %-24s %-18s %-18s' "$number" "$started" "http://127.0.0.1:$http" "127.0.0.1:$silo" "127.0.0.1:$gateway")")
}

await_silo() {
    local number=$1 pid=$2 log=$base/logs/silo-$1.log tick
    for ((tick = 0; tick < 600; tick++)); do
        if grep -q '^OrleansAgents is ready' "$log"; then
            return 0
        fi

        if ! lives "$pid"; then
            tail -n 5 "$log" >&2
            fail "Silo $number ended before it was ready; see $log."
        fi

        sleep 0.2
    done

    fail "Silo $number was not ready within two minutes; see $log."
}

cd "$base"
start_redis
for ((number = 1; number <= count; number++)); do
    start_silo "$number"
done

for ((number = 1; number <= count; number++)); do
    await_silo "$number" "${silo_pids[$((number - 1))]}"
done

printf '%-6s %-8s %-24s %-18s %-18s\n' SILO PID HTTP SILO-PORT GATEWAY
printf '%s\n' "${silo_lines[@]}"
echo
echo "Redis:  127.0.0.1:$redis_port (pid $redis_pid)"
echo "Logs:   $base/logs"
echo "Try:    agents list --redis 127.0.0.1:$redis_port"
echo "   or:  dotnet run --project src/Cli -- list --redis 127.0.0.1:$redis_port"
echo "The cluster is ready. Ctrl-C stops it."

# A silo may be killed to see what the others do; without Redis or without any silo there is nothing left to wait for.
declare -A reported=()
while :; do
    # Not the children themselves: a signal must end the wait, and a child's end that came just before must not be missed.
    sleep 1 &
    sleeper=$!
    wait "$sleeper" || true
    lives "$redis_pid" || fail "redis-server (pid $redis_pid) ended; the cluster has lost its store. See $base/logs/redis.log."
    living=0
    for i in "${!silo_pids[@]}"; do
        pid=${silo_pids[$i]}
        if lives "$pid"; then
            living=$((living + 1))
        elif [ -z "${reported[$pid]:-}" ]; then
            code=0
            wait "$pid" 2>/dev/null || code=$?
            reported[$pid]=yes
            echo "Silo $((i + 1)) (pid $pid) ended with exit code $code; see $base/logs/silo-$((i + 1)).log." >&2
        fi
    done

    [ "$living" -gt 0 ] || fail "No silo is left."
done
