#include "gateway/io/registry/rewrite_json.h"

#include "gateway/io/exchange/own_links.h"
#include "gateway/io/registry/item_edits.h"

namespace kerros::io {

std::string rewrite_json(Exchange& x, std::string_view json, const graph::WidenedSelect& widened,
                         std::optional<graph::ItemEdit> columns) {
  if (json.empty()) return {};
  auto answer = graph::Answer::parse(json);
  if (!answer)
    throw Refused{answer.error().code == ErrorCode::kFull ? graph::Refusal::kAnswerTooLarge
                                                          : graph::Refusal::kUpstreamMalformed,
                  "", answer.error().detail};
  auto items = answer->items();
  graph::Rewrite edits;
  edits.items = edits_for(x, items);
  edits.columns = std::move(columns);
  edits.link = [&](std::string_view url) { return own_link(x, graph::narrow_link(url, widened)); };
  edits.remove = widened.added;
  return answer->rewrite(edits);
}

}  // namespace kerros::io
