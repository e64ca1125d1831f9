// Requests whose answers are JSON: forwarded with the caller's token, sizes and URLs rewritten.
#include "gateway/io/exchange.h"
#include "gateway/io/place.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMaxRequestJson = 4u << 20;

// Answers that are driveItems, whose $select may be widened; other resources lack those fields.
bool names_items(graph::Operation operation) {
  return operation == graph::Operation::kReadItem || operation == graph::Operation::kListChildren ||
         operation == graph::Operation::kListItems;
}

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

// A record speaks for an item in the version it was bound to. The cTag can move without the content
// (a PATCH does it); stored size and hash say then that the bytes are the same.
bool speaks_for(const keystore::ItemRecord& record, const graph::FoundItem& item) {
  const auto& bound = record.binding;
  if (!item.ctag.empty() && bound.ctag == item.ctag) return true;
  if (!item.size || *item.size != bound.sealed_size) return false;
  return item.quick_xor_hash.empty() ? item.ctag.empty()
                                     : item.quick_xor_hash == to_base64(bound.sealed_hash);
}

// Only for a caller whom upstream accepted, and for an item that is named: an URL bound to nothing
// could be used for anything. Without one the client asks /content.
std::string download_url(const Exchange& x, const graph::FoundItem& item) {
  const bool accepted = x.proven || x.route.operation == graph::Operation::kOwnUpload;
  if (!accepted || item.item_id.empty() || item.drive_id.empty()) return {};
  transfer::DownloadGrant grant;
  grant.actor = x.caller.actor;
  grant.proven_ms = now_ms();
  grant.drive_id = item.drive_id;
  grant.item_id = item.item_id;
  grant.ctag = item.ctag;
  grant.upstream_url = item.download_url;
  grant.is_protected =
      may_be_protected(x.config().policy, {item.drive_id, item.item_id, item.place()});
  return x.worker.shared.urls->download_url(grant, now_ms()).value_or("");
}

graph::ItemEdit edit_of(const Exchange& x, const graph::FoundItem& item,
                        const keystore::ItemRecord* record) {
  graph::ItemEdit edit;
  if (record != nullptr && speaks_for(*record, item)) {
    if (item.size) edit.size = record->binding.plain_size;
    edit.quick_xor_hash = to_base64(record->binding.plain_hash);
    edit.strip_media = true;
  }
  if (!item.download_url.empty()) edit.download_url = download_url(x, item);
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

// A change or deletion of an item that was sealed here: its newest key, and the intent on record.
struct Change {
  audit::Event event;
  std::string target;
  std::string key;
  std::uint64_t intent;
};

net::awaitable<std::optional<Change>> intend_change(Exchange& x) {
  const bool deletes = x.route.operation == graph::Operation::kDeleteItem;
  if (!deletes && x.route.operation != graph::Operation::kUpdateItem) co_return std::nullopt;
  policy::Place place{x.route.target.item.drive_id, x.route.target.item.item_id, ""};
  if (place.drive_id.empty() || x.route.target.item.by_path()) {
    const Identity identity = co_await look_up(x);
    if (!identity.exists) co_return std::nullopt;  // upstream's own 404 follows
    place = identity.place;
  }
  const auto versions = x.store().versions(place.drive_id, place.item_id);
  if (!versions) throw_store_error(versions.error());
  if (versions->empty()) co_return std::nullopt;
  Change change{deletes ? audit::Event::kItemDeleted : audit::Event::kItemChanged,
                "drive " + place.drive_id + " item " + place.item_id,
                to_hex(versions->front().sealed.key), 0};
  auto record = record_of(x, change.event, change.target, "intent");
  record.details.emplace_back("key", change.key);
  auto appended = append_audit(x, std::move(record));
  change.intent = co_await await_audit(appended);
  co_return change;
}

void record_outcome(const Exchange& x, const Change& change, unsigned status) {
  auto record =
      record_of(x, change.event, change.target,
                status < 400 ? "done" : "refused: upstream answered " + std::to_string(status));
  record.intent = change.intent;
  record.details.emplace_back("key", change.key);
  x.installation().log->append(std::move(record), [](const Result<std::uint64_t>&) {});
}

}  // namespace

std::string rewrite_json(Exchange& x, std::string_view json, const graph::WidenedSelect& widened) {
  if (json.empty()) return {};
  auto found = graph::find_items(json);
  if (!found) throw Refused{graph::Refusal::kUpstreamMalformed, "", found.error().detail};
  for (auto& item : *found)
    if (item.drive_id.empty()) item.drive_id = x.route.target.item.drive_id;
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
  const auto change = co_await intend_change(x);
  const auto widened =
      names_items(x.route.operation) ? graph::widen_select(x.route.target) : graph::WidenedSelect{};
  auto request = graph_request(
      x, x.route.method,
      widened.added.empty() ? raw_target(x) : x.route.target.raw_path + "?" + widened.raw_query);
  request.body = *std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  const std::string answer = co_await collect(x, response);
  if (!answer.empty() && !is_json(response.head) && response.head.status < 400)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "answer to a JSON route is not JSON"};
  if (response.head.status < 400) note_proof(x);
  if (change) record_outcome(x, *change, response.head.status);
  co_await reply(x, response.head.status, answer_fields(x, response.head),
                 rewrite_json(x, answer, widened));
}

}  // namespace kerros::io
