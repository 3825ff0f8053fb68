-- The position behind which the events at or after a time stand. They stand in the order of their times, but for clocks
-- that were set back.
-- KEYS: agent, events. ARGV: the time.
local events, at = KEYS[2], tonumber(ARGV[1])
local function position(entry) return tonumber(string.match(entry[1], '^%d+')) end

local first = redis.call('XRANGE', events, '-', '+', 'COUNT', 1)[1]
if not first then return redis.call('HGET', KEYS[1], 'last') or '0' end

local low, high = position(first), position(redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]) + 1
while low < high do
    local middle = math.floor((low + high) / 2)
    local id = string.format('%.0f-0', middle)
    local entry = redis.call('XRANGE', events, id, id)[1]
    if tonumber(entry[2][2]) < at then low = middle + 1 else high = middle end
end
return string.format('%.0f', low - 1)
