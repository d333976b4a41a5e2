-- Reads rows of the inbox.
-- idempotent: yes
-- include: element
-- include: log
-- include: inbox
-- include: rows
--
-- Atomic: all rows are of one moment.
--
-- KEYS  inbox
-- ARGV  prefix of the shard, now, threads…
-- gives the rows (lib/rows.lua), in this order
local rows = {}
for i = 3, #ARGV do rows[i - 2] = row_of(KEYS[1], ARGV[1], ARGV[i], ARGV[2]) end
return rows
