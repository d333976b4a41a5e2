-- Reads who works for an organization, who is there, and which sessions still hold.
-- idempotent: yes
-- include: attendance
--
-- Atomic: all of it is of one moment.
--
-- KEYS  agents (a document), consoles, away, then sessions
-- ARGV  now, the mark of the document that is known ('' for none)
-- gives {the document ('' when it is the known one), its mark, who is there (packed), for each session 1|0}
local document = redis.call('GET', KEYS[1]) or ''
local mark = redis.sha1hex(document)
local open = {}
for i = 4, #KEYS do open[i - 3] = redis.call('EXISTS', KEYS[i]) end
return {mark == ARGV[2] and '' or document, mark, present_of(KEYS[2], KEYS[3], ARGV[1]), open}
