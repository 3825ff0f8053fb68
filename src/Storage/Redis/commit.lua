-- Writes one commit of one agent, all of it or nothing, if the agent's etag is still the one the commit starts from.
-- KEYS: agent, handled, outgoing, events, wake index, feed, place counter, and for an audited agent its log; all on one
-- hash slot.
-- ARGV: see RedisCommit.cs, which writes them in the order they are taken here.
local agent, handled, outgoing, events, wake, feed, place, audit = unpack(KEYS)
local at = 0
local function take() at = at + 1; return ARGV[at] end
local function count() return tonumber(take()) end

local name, etag = take(), take()
local known = redis.call('HMGET', agent, 'etag', 'wake', 'last', 'bytes')
if (known[1] or '0') ~= etag then return 'STALE' end
if audit then
    local next_entry = redis.call('LLEN', audit) + 1
    if tonumber(ARGV[#ARGV]) ~= next_entry then return 'ORDER ' .. string.format('%.0f', next_entry) end
end

local next_etag = string.format('%.0f', tonumber(etag) + 1)
local wake_at, wake_score = take(), take()
local last, bytes = tonumber(known[3] or '0'), tonumber(known[4] or '0')

local appended = count()
if appended > 0 then
    local first = count()
    if first ~= last + 1 then return 'GAP ' .. string.format('%.0f', last + 1) end
    local channel, partition, topic = take(), take(), take()
    -- When all were too old the whole log is gone.
    if redis.call('EXISTS', events) == 0 then bytes = 0 end
    for _ = 1, appended do
        local time, body = take(), take()
        last, bytes = last + 1, bytes + #body
        local position = string.format('%.0f', last)
        redis.call('XADD', events, position .. '-0', 't', time, 'b', body)
        redis.call('XADD', feed, 'MAXLEN', '~', '65536', redis.call('INCR', place) .. '-0', 't', topic, 'p', position)
    end
    local kept_bytes, kept_from, kept_ms = count(), count(), take()
    -- The oldest go one by one, a few more than came, so that no commit pays for many.
    for _ = 1, appended * 2 + 8 do
        local first = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
        if not first or (bytes <= kept_bytes and tonumber(first[2][2]) >= kept_from) then break end
        bytes = bytes - #first[2][4]
        redis.call('XDEL', events, first[1])
    end
    redis.call('HSET', agent, 'last', string.format('%.0f', last), 'bytes', string.format('%.0f', bytes))
    redis.call('PEXPIRE', events, kept_ms)
    redis.call('PUBLISH', channel, partition)
end

redis.call('HSET', agent, 'etag', next_etag)
if take() == '1' then redis.call('HSET', agent, 'state', take()) end

if wake_at ~= (known[2] or '') then
    if wake_at == '' then
        redis.call('HDEL', agent, 'wake')
        redis.call('ZREM', wake, name)
    else
        redis.call('HSET', agent, 'wake', wake_at)
        redis.call('ZADD', wake, wake_score, name)
    end
end

local messages = count()
if messages > 0 then
    for _ = 1, messages do redis.call('RPUSH', handled, take()) end
    local kept, kept_from, kept_ms = count(), count(), take()
    redis.call('LTRIM', handled, -kept, -1)
    for _ = 1, messages * 2 + 8 do
        local first = redis.call('LINDEX', handled, 0)
        if not first or struct.unpack('<i8', first, 17) >= kept_from then break end
        redis.call('LPOP', handled)
    end
    -- Once the last of them is too old the whole list is.
    redis.call('PEXPIRE', handled, kept_ms)
end

for _ = 1, count() do redis.call('HDEL', outgoing, take()) end
for i = 1, count() do
    local id, body = take(), take()
    local before = redis.call('HGET', outgoing, id)
    -- In front stands its turn, which one that takes its place keeps.
    local turn = before and string.sub(before, 1, 8) or struct.pack('>i8', tonumber(next_etag) * 1048576 + i)
    redis.call('HSET', outgoing, id, turn .. body)
end

for _ = 1, count() do redis.call('HSET', agent, take(), take()) end
if audit then
    for _ = 1, count() do redis.call('RPUSH', audit, take()) end
    redis.call('HSET', agent, 'audit', take())
end
return 'OK'
