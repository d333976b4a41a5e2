-- Moves one side's read position forward; it never goes back, and beyond the head counts as the head.
-- idempotent: yes
-- include: element
-- include: inbox
--
-- Atomic: the position, the unread figure that follows from it, the row's rev, the word to the hubs.
--
-- KEYS  log, meta, inbox, cuts (deleted messages of the other side, by seq)
-- ARGV  side (c|a), seq, thread, channel, session that reads, who reads: id, name
-- gives {moved on (1|0), position, unread} | {moved, to} | {unknown}
local log, meta, inbox, cuts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local customer = ARGV[1] == 'c'
local position, baseline = customer and 'rc' or 'ra', customer and 'cb' or 'ab'

local m = redis.call('HMGET', meta, 'epoch', position, baseline, 'moved')
if m[4] then return {'moved', m[4]} end
if not m[1] then return {'unknown'} end
local seq = math.min(tonumber(ARGV[2]), redis.call('LLEN', log))
local all_c, all_a = counts_of(redis.call('LINDEX', log, -1))
local total = customer and all_a or all_c
if seq <= tonumber(m[2] or 0) then return {0, tonumber(m[2] or 0), total - m[3]} end

local nc, na = counts_of(redis.call('LINDEX', log, seq - 1))
local unread = total - (customer and na or nc) - redis.call('ZCOUNT', cuts, '(' .. seq, '+inf')
redis.call('HSET', meta, position, seq, baseline, total - unread)
redis.call('SPUBLISH', ARGV[4], 'r' .. ARGV[5] .. cmsgpack.pack({ARGV[1], seq, unread, ARGV[6], ARGV[7]}))
row_changed_beside(inbox, ARGV[3], meta)
return {1, seq, unread}
