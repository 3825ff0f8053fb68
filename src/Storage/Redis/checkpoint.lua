-- Saves a partition's checkpoint unless a later one is there.
-- KEYS: checkpoint. ARGV: the place.
if tonumber(ARGV[1]) > tonumber(redis.call('GET', KEYS[1]) or '0') then redis.call('SET', KEYS[1], ARGV[1]) end
