// JSON of any octets: refused, or rewritten into JSON that says only what was to be said.
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/rewrite_item.h"
#include "gateway/graph/session_json.h"
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
  (void)check_request(json);
  auto answer = Answer::parse(json);
  if (!answer) return 0;
  const auto items = answer->items();
  for (std::size_t i = 0; i < items.size(); ++i)
    FUZZ_CHECK(items[i].parent == FoundItem::kNone || items[i].parent < i);
  const std::string same = answer->rewrite({});
  FUZZ_CHECK(same.size() <= json.size());  // only sizes of fields without an item go
  FUZZ_CHECK(same.size() < json.size() || same == json);
  FUZZ_CHECK(find_items(same).has_value());

  const unsigned choice = data[0];
  ItemEdit edit;
  edit.size = 7;
  if (choice & 1) edit.quick_xor_hash = choice & 2 ? "H" : "";
  edit.download_url = choice & 4 ? "https://g.test/d" : "";
  edit.strip_media = (choice & 8) != 0;
  edit.media_type = choice & 16 ? "text/plain" : "";
  Rewrite edits;
  edits.items.assign(items.size(), edit);
  if (choice & 32) edits.columns = edit;
  if (choice & 64) edits.remove = {"", {"id", "driveItem"}, {{"children", {"name"}, {}}}};
  const std::string out = answer->rewrite(edits);
  const auto after = find_items(out);
  FUZZ_CHECK(after.has_value());
  FUZZ_CHECK(after->size() <= items.size());
  for (const FoundItem& item : *after) {
    FUZZ_CHECK(!item.size || *item.size == 7);
    FUZZ_CHECK(item.download_url.empty() || item.download_url == edit.download_url);
    if (choice & 1)
      FUZZ_CHECK(item.quick_xor_hash.empty() || item.quick_xor_hash == *edit.quick_xor_hash);
  }
  return 0;
}
