// Requests whose answers are JSON: forwarded with the caller's token, sizes and URLs rewritten.
#include <algorithm>

#include "gateway/io/exchange.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxRequestJson = 4u << 20;

// What the registry knows of the items that an answer names, in the answer's order.
std::vector<std::unique_ptr<keystore::ItemRecord>> known_records(
    const Exchange& x, const std::vector<graph::FoundItem>& found) {
  std::vector<keystore::KeyStore::ItemRef> refs;
  refs.reserve(found.size());
  for (const auto& item : found) refs.push_back({item.drive_id, item.item_id});
  auto records = x.store().newest_bound(refs);
  if (!records) throw_store_error(records.error());
  return *std::move(records);
}

// A record speaks for an item only in the version it was bound to.
bool speaks_for(const keystore::ItemRecord& record, const graph::FoundItem& item) {
  if (!item.ctag.empty()) return record.binding.ctag == item.ctag;
  return !item.size || *item.size == record.binding.sealed_size;
}

graph::ItemEdit edit_of(const Exchange& x, const graph::FoundItem& item,
                        const keystore::ItemRecord* record) {
  graph::ItemEdit edit;
  const bool sealed = record != nullptr && speaks_for(*record, item);
  if (sealed) {
    if (item.size) edit.size = record->binding.plain_size;
    edit.quick_xor_hash = to_base64(record->binding.plain_hash);
    edit.strip_media = true;
  }
  if (!item.download_url.empty()) {
    transfer::DownloadGrant grant{x.caller.actor, now_ms(),  item.drive_id,
                                  item.item_id,   item.ctag, item.download_url};
    // Without an id the URL could not be bound to its item: the client asks /content instead.
    const auto url = item.item_id.empty() ? Result<std::string>("")
                                          : x.worker.shared.urls->download_url(grant, now_ms());
    edit.download_url = url ? *url : "";
  }
  return edit;
}

// A file made or filled through a JSON body would be born unsealed.
void refuse_content_in_json(const Exchange& x, std::string_view body) {
  const bool creates = x.route.operation == graph::Operation::kCreateChild;
  if (!creates && x.route.operation != graph::Operation::kUpdateItem) return;
  const auto asked = graph::read_item_request(body);
  if (!asked) throw Refused{graph::Refusal::kMalformedRequest, "", asked.error().detail};
  if (asked->carries_content || (creates && !asked->is_folder))
    throw Refused{graph::Refusal::kNotAllowed,
                  "Only folders can be created here; upload files with PUT content.",
                  "a JSON body that makes or fills a file"};
}

bool is_json(const graph::ResponseHead& head) {
  const auto type = head.fields.find("Content-Type");
  return type && (type->starts_with("application/json") || type->starts_with("text/json"));
}

net::awaitable<void> record_change(Exchange& x) {
  const bool deleted = x.route.operation == graph::Operation::kDeleteItem;
  if (!deleted && x.route.operation != graph::Operation::kUpdateItem) co_return;
  const auto& item = x.route.target.item;
  if (item.drive_id.empty() || item.by_path()) co_return;
  const auto versions = x.store().versions(item.drive_id, item.item_id);
  if (!versions || versions->empty()) co_return;
  auto record = record_of(x, deleted ? audit::Event::kItemDeleted : audit::Event::kItemChanged,
                          "drive " + item.drive_id + " item " + item.item_id, "done");
  record.details.emplace_back("key", to_hex(versions->front().sealed.key));
  auto appended = append_audit(x, std::move(record));
  co_await await_audit(appended);
}

}  // namespace

std::string rewrite_json(Exchange& x, std::string_view json, const graph::WidenedSelect& widened) {
  if (json.empty()) return {};
  const auto found = graph::find_items(json);
  if (!found) throw Refused{graph::Refusal::kUpstreamMalformed, "", found.error().detail};
  const auto records = known_records(x, *found);
  graph::Rewrite edits;
  for (std::size_t i = 0; i < found->size(); ++i)
    edits.items.push_back(edit_of(x, (*found)[i], records[i].get()));
  edits.link = [&](std::string_view url) { return own_link(x, graph::narrow_link(url, widened)); };
  edits.remove = widened.added;
  auto rewritten = graph::rewrite(json, edits);
  if (!rewritten) throw Refused{graph::Refusal::kUpstreamMalformed, "", rewritten.error().detail};
  return *std::move(rewritten);
}

net::awaitable<void> pass_json(Exchange& x) {
  x.decision = "rewrite";
  co_await send_continue(x);
  auto body = co_await x.client.collect_body(kMaxRequestJson);
  if (!body) throw Refused{graph::Refusal::kTooLarge, "", "JSON request over 4 MiB"};
  refuse_content_in_json(x, *body);
  const auto widened = graph::widen_select(x.route.target);
  auto request = graph_request(
      x, x.route.method,
      widened.added.empty() ? raw_target(x) : x.route.target.raw_path + "?" + widened.raw_query);
  request.body = *std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  const std::string answer = co_await collect(x, response);
  if (!answer.empty() && !is_json(response.head) && response.head.status < 400)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "answer to a JSON route is not JSON"};
  const bool accepted = response.head.status >= 200 && response.head.status < 400;
  x.proven = accepted && x.route.proves_caller;
  if (accepted) co_await record_change(x);
  co_await reply(x, response.head.status, answer_fields(x, response.head),
                 rewrite_json(x, answer, widened));
}

}  // namespace kerros::io
