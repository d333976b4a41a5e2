-- Rows of the inbox; after `element`, `log` and `inbox`. A thread that is not listed gives its id and rev only.
-- {thread, rev, active at, status, assignee, contact, seq and element of the last message, unread, online (1|0)}
local function row_of(inbox, prefix, thread, now)
  local key = prefix .. thread
  local log, meta = key .. ':log', key .. ':meta'
  local m = redis.call('HMGET', meta, 'status', 'assignee', 'moved', 'ab', 'changes')
  local rev = redis.call('LLEN', log) + (m[5] or 0)
  local active = m[1] and not m[3] and redis.call('ZSCORE', inbox .. ':' .. place_of(m[1], m[2]), thread)
  local blob = active and redis.call('HGET', prefix .. 'contact:ct_' .. string.sub(thread, 4), 'blob')
  if not blob then return {thread, rev} end
  local last = last_said(log, meta)
  local nc = counts_of(redis.call('LINDEX', log, -1))
  local there = redis.call('ZCOUNT', key .. ':online', '(' .. now, '+inf')
  return {thread, rev, active, m[1], m[2] or '', blob, last, last > 0 and redis.call('LINDEX', log, last - 1) or '',
    nc - m[4], there > 0 and 1 or 0}
end
