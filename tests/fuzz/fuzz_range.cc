// Range and Content-Range fields of any octets against any size.
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/range.h"
#include "tests/fuzz/check.h"

using namespace kerros::graph;

// Input: eight octets of size, then the field.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  const auto file = kerros::load_be<std::uint64_t>({data, 8});
  const std::string_view field = kerros::as_text({data + 8, size - 8});
  const RangeRequest request = parse_range(field, file);
  FUZZ_CHECK(request.ranges.size() <= 16);
  FUZZ_CHECK((request.kind == RangeRequest::Kind::kRanges) == !request.ranges.empty());
  std::uint64_t left = file;
  for (const ByteRange& range : request.ranges) {
    FUZZ_CHECK(range.first <= range.last && range.last < file);
    FUZZ_CHECK(range.length() <= left);
    left -= range.length();
    const RangeRequest again = parse_range(to_range_field(range), file);
    FUZZ_CHECK(again.ranges.size() == 1 && again.ranges[0] == range);
  }
  if (const auto content = parse_content_range(field)) {
    FUZZ_CHECK(content->range.first <= content->range.last);
    FUZZ_CHECK(content->range.last < content->total);
    const auto again = parse_content_range(to_field(*content));
    FUZZ_CHECK(again && again->range == content->range && again->total == content->total);
  }
  return 0;
}
