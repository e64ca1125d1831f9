// A request line of any octets: classified or refused, never half understood.
#include <string>

#include "gateway/graph/classify.h"
#include "tests/fuzz/check.h"

using kerros::graph::Method;

// Input: the first octet picks the method, the rest is the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  kerros::graph::RequestHead head;
  head.method = static_cast<Method>(data[0] % 7);
  head.target.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto route = kerros::graph::classify(head);
  if (!route) return 0;
  const auto& target = route->target;
  FUZZ_CHECK(head.target.find(target.raw_path) != std::string::npos);
  if (!target.has_item) return 0;
  const auto& item = target.item;
  FUZZ_CHECK(target.raw_path.starts_with(item.raw_start));
  FUZZ_CHECK(item.raw_start.starts_with(item.drive_url));
  FUZZ_CHECK(item.raw_item.starts_with(item.raw_start));
  FUZZ_CHECK(item.path.empty() || item.path.front() == '/');
  for (const char* form : {"/../", "/./", "//"})
    FUZZ_CHECK((item.path + "/").find(form) == std::string::npos);
  for (const char* form : {"\\", "\r", "\n"}) FUZZ_CHECK(item.path.find(form) == std::string::npos);
  FUZZ_CHECK(item.path.find('\0') == std::string::npos);

  // What we ask upstream about the item is understood as the same item.
  const std::string query = item.raw_alias.empty() ? "" : "?" + item.raw_alias;
  const auto again = kerros::graph::parse_target(item.raw_item + "/content" + query);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(again->has_item && again->relation == "content");
  FUZZ_CHECK(again->item.path == item.path && again->item.item_id == item.item_id);
  FUZZ_CHECK(again->item.drive_id == item.drive_id && again->item.raw_item == item.raw_item);
  return 0;
}
