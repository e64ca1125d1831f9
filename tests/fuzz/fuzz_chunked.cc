// The chunked transfer coding in any octets, at once and in slices: never two different bodies.
#include <algorithm>
#include <optional>
#include <string>

#include "gateway/graph/chunked.h"
#include "tests/fuzz/check.h"

using namespace kerros;

namespace {

struct Taken {
  std::string body;
  std::size_t consumed = 0;
};

std::optional<Taken> read(ByteView wire, std::size_t step, std::size_t max_body) {
  graph::ChunkedReader reader;
  Taken taken;
  std::size_t end = 0;
  while (!reader.done()) {
    const ByteView unread = wire.subspan(taken.consumed, end - taken.consumed);
    const auto taking = reader.take(unread, max_body);
    if (!taking) return std::nullopt;
    FUZZ_CHECK(taking->consumed <= unread.size());
    FUZZ_CHECK(taking->body.size() <= std::min(max_body, taking->consumed));
    taken.body += as_text(taking->body);
    taken.consumed += taking->consumed;
    if (taking->consumed > 0) continue;
    if (end == wire.size()) return std::nullopt;
    end = std::min(wire.size(), end + step);
  }
  return taken;
}

}  // namespace

// Input: two octets of slice sizes, then the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const ByteView wire(data + 2, size - 2);
  const auto whole = read(wire, std::max<std::size_t>(1, wire.size()), 65536);
  const auto sliced = read(wire, std::size_t{1} + data[0], std::size_t{1} + data[1]);
  FUZZ_CHECK(!sliced || whole);
  if (sliced) FUZZ_CHECK(sliced->body == whole->body && sliced->consumed == whole->consumed);
  return 0;
}
