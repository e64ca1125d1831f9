#include "gateway/graph/batch.h"

#include <algorithm>
#include <map>

#include "gateway/graph/batch_part.h"
#include "gateway/graph/json_text.h"

namespace kerros::graph {
namespace {

// Takes what has nothing left to wait for, again and again; what stays over waits for itself.
Result<Batch> in_order(std::vector<BatchDraft> drafts) {
  constexpr std::size_t kNotYet = kMostBatchParts;
  std::map<std::string_view, std::size_t> place_of;
  for (const BatchDraft& draft : drafts) place_of.emplace(draft.name, kNotYet);
  if (place_of.size() != drafts.size())
    return fail(ErrorCode::kMalformed, "Two requests of the batch have the same id.");
  for (const BatchDraft& draft : drafts)
    for (const std::string& name : draft.waits_for)
      if (!place_of.contains(name))
        return fail(ErrorCode::kMalformed, "dependsOn names an id that is not in the batch.");
  Batch batch;
  const auto is_placed = [&](const std::string& name) { return place_of.at(name) != kNotYet; };
  while (batch.parts.size() < drafts.size()) {
    const auto next = std::ranges::find_if(drafts, [&](const BatchDraft& draft) {
      return !is_placed(draft.name) && std::ranges::all_of(draft.waits_for, is_placed);
    });
    if (next == drafts.end())
      return fail(ErrorCode::kMalformed, "Requests of the batch depend on each other in a circle.");
    for (const std::string& name : next->waits_for)
      next->part.depends_on.push_back(place_of.at(name));
    place_of[next->name] = batch.parts.size();
    batch.parts.push_back(std::move(next->part));
  }
  return batch;
}

bool has_doubled_keys(JsonText& text) {
  bool doubled = false;
  text.for_each_object(
      [&](Span, std::span<const Member> members) { doubled = doubled || has_duplicates(members); });
  return doubled;
}

}  // namespace

Result<Batch> read_batch(std::string_view json, const BatchOuter& outer) {
  auto text = JsonText::parse(json);
  if (!text) return fail(ErrorCode::kMalformed, "The body of the batch is not a JSON text.");
  const Members top = text->members(text->root());
  const Member* list = last_member(top, "requests");
  const auto requests = list == nullptr ? std::vector<Span>() : text->elements(list->value);
  if (requests.empty() || requests.size() > kMostBatchParts)
    return fail(ErrorCode::kMalformed, "A batch holds 1 to 20 requests.");
  if (has_doubled_keys(*text))
    return fail(ErrorCode::kMalformed, "A key is given twice in one object of the batch.");
  BatchPartReader reader(*text, outer);
  std::vector<BatchDraft> drafts;
  for (const Span request : requests) {
    auto draft = reader.read(request);
    if (!draft) return tl::unexpected(draft.error());
    drafts.push_back(*std::move(draft));
  }
  return in_order(std::move(drafts));
}

}  // namespace kerros::graph
