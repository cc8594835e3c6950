-- Sends the requests of a file in turn, as they are. Arguments: the file, and the first number for unique ids.
-- The file holds, for each request, a line with its length and then that many bytes. Wherever a request holds twelve
-- tildes, a number is put that no other request of the run has.

local HOLE = "~~~~~~~~~~~~"
local requests = {}
local following = 0
local number

local function cut(text)
   local pieces = {}
   local from = 1
   while true do
      local first, last = text:find(HOLE, from, true)
      if not first then
         pieces[#pieces + 1] = text:sub(from)
         return pieces
      end
      pieces[#pieces + 1] = text:sub(from, first - 1)
      from = last + 1
   end
end

function init(args)
   local file = assert(io.open(args[1], "rb"))
   number = tonumber(args[2])
   for length in file:lines() do
      local text = file:read(tonumber(length))
      local pieces = cut(text)
      requests[#requests + 1] = #pieces == 1 and text or pieces
   end
   file:close()
end

function request()
   following = following % #requests + 1
   local request = requests[following]
   if type(request) == "string" then
      return request
   end
   local whole = {}
   for i = 1, #request - 1 do
      number = number + 1
      whole[2 * i - 1] = request[i]
      whole[2 * i] = string.format("%012d", number)
   end
   whole[#whole + 1] = request[#request]
   return table.concat(whole)
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      "RESULT requests=%d micros=%d p50=%d p99=%d refused=%d broken=%d timeouts=%d\n",
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
