-- Everything of one agent as of one commit.
-- KEYS: agent, handled, outgoing.
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then return false end
return { fields, redis.call('LRANGE', KEYS[2], 0, -1), redis.call('HVALS', KEYS[3]) }
