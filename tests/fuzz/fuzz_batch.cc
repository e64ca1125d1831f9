// A batch of any octets: refused whole, or taken apart into requests that could have come alone.
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "crypto/bytes.h"
#include "gateway/graph/batch.h"
#include "gateway/graph/classify.h"
#include "tests/fuzz/check.h"

using namespace kerros::graph;

namespace {

bool is_clean(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
  return true;
}

void check_part(const Batch& batch, std::size_t at) {
  const BatchPart& part = batch.parts[at];
  FUZZ_CHECK(part.head.target.starts_with("/v1.0/") || part.head.target.starts_with("/beta/"));
  FUZZ_CHECK(is_clean(part.head.target) && part.head.target.find(' ') == std::string::npos);
  for (const auto& [name, value] : part.head.fields.lines())
    FUZZ_CHECK(!name.empty() && is_clean(name) && is_clean(value));
  FUZZ_CHECK(part.head.fields.count("Authorization") == 1);
  FUZZ_CHECK(part.head.fields.find("Authorization") == "Bearer x");
  FUZZ_CHECK(part.head.fields.count("Content-Length") == 0);
  FUZZ_CHECK(part.head.fields.count("Transfer-Encoding") == 0);
  for (const std::size_t before : part.depends_on) FUZZ_CHECK(before < at);
  const auto route = classify(part.head);
  FUZZ_CHECK(!route || route->operation != Operation::kBatch);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json = kerros::as_text({data, size});
  static const std::array<std::string_view, 2> kHosts{"office.test", "graph.microsoft.com"};
  Fields carrier;
  carrier.add("Authorization", "Bearer x");
  const auto batch = read_batch(json, {"v1.0", kHosts, carrier, 4096});
  if (!batch) return 0;
  FUZZ_CHECK(!batch->parts.empty() && batch->parts.size() <= kMostBatchParts);
  for (std::size_t at = 0; at < batch->parts.size(); ++at) check_part(*batch, at);

  // Answered with what it asked, the answer is one JSON text with every request in it once.
  std::vector<ResponseHead> heads;
  for (const BatchPart& part : batch->parts) heads.push_back({200, part.head.fields});
  std::vector<BatchAnswer> answers;
  for (std::size_t at = 0; at < heads.size(); ++at)
    answers.push_back({batch->parts[at].id, heads[at], kerros::as_text(batch->parts[at].body)});
  const auto written = nlohmann::json::parse(write_batch_answer(answers), nullptr, false);
  FUZZ_CHECK(!written.is_discarded());
  FUZZ_CHECK(written.at("responses").size() == answers.size());
  return 0;
}
