// JSON of any octets: refused, or rewritten into JSON that says only what was to be said.
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/rewrite_item.h"
#include "tests/fuzz/check.h"

using namespace kerros::graph;

// Input: one octet of choices, then the JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view json = kerros::as_text({data + 1, size - 1});
  (void)read_session_request(json);
  (void)rewrite_session_request(json, 1);
  (void)read_item_request(json);
  if (read_session_answer(json)) (void)rewrite_session_answer(json, "https://g.test/", "0-");
  const auto items = find_items(json);
  const auto same = rewrite(json, {});
  FUZZ_CHECK(items.has_value() == same.has_value());
  if (!items) return 0;
  FUZZ_CHECK(*same == json);

  const unsigned choice = data[0];
  ItemEdit edit;
  edit.size = 7;
  if (choice & 1) edit.quick_xor_hash = choice & 2 ? "H" : "";
  edit.download_url = choice & 4 ? "https://g.test/d" : "";
  edit.strip_media = (choice & 8) != 0;
  const auto out = rewrite(json, {std::vector<ItemEdit>(items->size(), edit), {}, {}});
  FUZZ_CHECK(out.has_value());
  const auto after = find_items(*out);
  FUZZ_CHECK(after.has_value());
  FUZZ_CHECK(after->size() <= items->size());
  for (const FoundItem& item : *after) {
    FUZZ_CHECK(!item.size || *item.size == 7);
    FUZZ_CHECK(item.download_url.empty() || item.download_url == *edit.download_url);
    if (choice & 1)
      FUZZ_CHECK(item.quick_xor_hash.empty() || item.quick_xor_hash == *edit.quick_xor_hash);
  }
  return 0;
}
