-- The contacts of a shard in the order of their creation, and the terms by which they are found
-- (contacts/search.py says which).
--
--   contacts               zset: contact by its order, a number that no other contact of the shard has: the
--                          microsecond of its creation, or one more than the last one's
--   contacts:blocks        zset: of each block of some BLOCK contacts the first order that is in it
--   contacts:find:<first>  zset of a block: term and 7 bytes of order, sorted as text
--   contacts:email:<xxxx>  zset of e-mails whose digests begin so: the rest of the digest and 7 bytes of order
--
-- Newest first is block by block, so a search reads no more of a block than what begins as it asks, and its
-- order need not be kept for every prefix that somebody may type.
-- A rare text takes a look at each block, of a frequent one every match in the newest block is read and sorted: with
-- 4,096, at 1,000,000 contacts, 12 ms for a rare phone number and as long for a letter that everybody has.
local BLOCK = 2048

local function text_of_order(order) return string.format('%.0f', order) end

local function tail_of(order) return struct.pack('>I7', order) end

local function order_of(member) return (struct.unpack('>I7', string.sub(member, -7))) end

local function block_of(contacts, order)
  local first = redis.call('ZRANGE', contacts .. ':blocks', order, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1)[1]
  return first and contacts .. ':find:' .. first, first
end

-- Whether a search for it is for the whole term, not for a beginning.
local function is_whole(term)
  local of = string.sub(term, 1, 1)
  return of == 'a' or of == 'd'
end

-- The key and the member that a term is kept under.
local function kept_at(contacts, block, term, tail)
  if string.sub(term, 1, 1) == 'e' then
    return contacts .. ':email:' .. string.sub(term, 2, 5), string.sub(term, 6) .. tail
  end
  return block, term .. tail
end

local function file_terms(contacts, block, tail, terms)
  for _, term in ipairs(terms) do
    local key, member = kept_at(contacts, block, term, tail)
    redis.call('ZADD', key, 0, member)
  end
end

local function unfile_terms(contacts, block, tail, terms)
  for _, term in ipairs(terms) do
    local key, member = kept_at(contacts, block, term, tail)
    redis.call('ZREM', key, member)
  end
end

-- Lists a new contact.
local function enlist(contacts, id, created_at, terms)
  local last = redis.call('ZRANGE', contacts, -1, -1, 'WITHSCORES')[2]
  local number = math.max(tonumber(created_at) * 1000, (tonumber(last) or 0) + 1)
  local order = text_of_order(number)
  redis.call('ZADD', contacts, order, id)
  local block, first = block_of(contacts, order)
  if not first or redis.call('ZCOUNT', contacts, first, order) > BLOCK then
    redis.call('ZADD', contacts .. ':blocks', order, order)
    block = contacts .. ':find:' .. order
  end
  file_terms(contacts, block, tail_of(number), terms)
end

-- Files a listed contact under other terms.
local function refile(contacts, id, filing)
  local order = redis.call('ZSCORE', contacts, id)
  if not order then return end
  local block, tail = block_of(contacts, order), tail_of(tonumber(order))
  unfile_terms(contacts, block, tail, filing[2])
  file_terms(contacts, block, tail, filing[1])
end

-- Takes a contact off the list.
local function delist(contacts, id, terms)
  local order = redis.call('ZSCORE', contacts, id)
  if not order then return end
  local block, first = block_of(contacts, order)
  unfile_terms(contacts, block, tail_of(tonumber(order)), terms)
  redis.call('ZREM', contacts, id)
  if redis.call('EXISTS', block) == 0 then redis.call('ZREM', contacts .. ':blocks', first) end
end
