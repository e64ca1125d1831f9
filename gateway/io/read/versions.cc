// Older versions of an item: their list, their content, their deletion.
//
// A listed version tells size and time, and no hash. Its size is replaced when it is exactly the
// sealed size of a version that this item is known to have (a sealed size has one plain size, so
// that it does not matter which it was), and left out when it could be that of another. What a
// version really holds is decided when it is read, by the key in its own prefix.
#include <algorithm>

#include "crypto/header.h"
#include "crypto/offsets.h"
#include "gateway/graph/response_fields.h"
#include "gateway/io/exchange/own_links.h"
#include "gateway/io/exchange/place.h"
#include "gateway/io/read/open_body.h"
#include "gateway/io/read/opening.h"
#include "gateway/io/read/read_content.h"
#include "gateway/io/read/read_unbound.h"
#include "gateway/io/read/stages.h"
#include "gateway/io/registry/registry.h"

namespace kerros::io {

namespace {

using keystore::ItemRecord;
using keystore::ItemState;

net::awaitable<policy::Place> place_of(Exchange& x) {
  const Identity identity = co_await look_up(x);
  if (!identity.exists) throw Refused{graph::Refusal::kNotFound, "", "no such item"};
  co_return identity.place;
}

std::vector<ItemRecord> records_of(Exchange& x, const policy::Place& place) {
  auto versions = x.store().versions(place.drive_id, place.item_id);
  if (!versions) throw_store_error(versions.error());
  return *std::move(versions);
}

graph::ItemEdit edit_of(const graph::FoundItem& version, const std::vector<ItemRecord>& known) {
  graph::ItemEdit edit;
  for (const ItemRecord& record : known)
    if (version.size && record.bound != 0 && *version.size == record.binding.sealed_size)
      edit.size = record.binding.plain_size;
  // What may be sealed, and is in no record: nobody can say what the size means.
  edit.drop_size =
      !edit.size && !known.empty() && version.size && crypto::plain_size(*version.size);
  return edit;
}

std::string with_plain_sizes(Exchange& x, const std::string& json,
                             const std::vector<ItemRecord>& known) {
  if (json.empty()) return {};
  auto answer = graph::Answer::parse(json);
  if (!answer) throw Refused{graph::Refusal::kUpstreamMalformed, "", answer.error().detail};
  graph::Rewrite edits;
  for (const auto& version : answer->items()) edits.items.push_back(edit_of(version, known));
  edits.link = [&](std::string_view url) { return own_link(x, url); };
  return answer->rewrite(edits);
}

// "versions/3.0/content" -> "3.0"
std::string version_of(const Exchange& x) {
  const std::string& relation = x.route.target.relation;
  const std::size_t begin = relation.find('/') + 1;
  return begin == 0 ? "" : relation.substr(begin, relation.find('/', begin) - begin);
}

net::awaitable<std::optional<std::uint64_t>> intend_deletion(Exchange& x, const std::string& target,
                                                             bool is_known) {
  if (x.route.method != graph::Method::kDelete || !is_known) co_return std::nullopt;
  auto appended = append_audit(x, record_of(x, audit::Event::kVersionDeleted, target, "intent"));
  co_return co_await await_audit(appended);
}

// A pending version that a newer one has overtaken: its final answer was lost.
net::awaitable<void> adopt_older(Exchange& x, const ItemRecord& record, keystore::Binding binding) {
  Future<Status> bound(x.worker.executor, [&](auto done) {
    x.store().bind(record.sealed.key, std::move(binding), ItemState::kSuperseded, false, now_ms(),
                   std::move(done));
  });
  co_await bound.get();  // should it fail, the record stays pending and is adopted next time
}

net::awaitable<void> open_version(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView begun) {
  x.decision = "open";
  co_await require_proof(x, wanted.drive_id, wanted.item_id);
  const auto prefix = crypto::decode_prefix(begun);
  if (!prefix) throw Refused{graph::Refusal::kNotAuthentic, "", prefix.error().detail};
  const ItemRecord record = version_for(x, wanted, prefix->header.key);
  co_await send_whole_file(x, wanted, response, record, *prefix, [&](keystore::Binding binding) {
    return adopt_older(x, record, std::move(binding));
  });
}

net::awaitable<void> pass_plain_version(Exchange& x, const Wanted& wanted,
                                        const policy::Place& place, Upstream::Response& response,
                                        ByteView begun) {
  x.decision = "pass";
  const bool sealed = !records_of(x, place).empty();
  co_await admit_plain(x, wanted, place, sealed ? Versions::kSealed : Versions::kNeverSealed);
  graph::ResponseHead head{response.head.status, graph::client_fields(response.head.fields, false)};
  co_await copy_answer(x, response, std::move(head), begun);
}

}  // namespace

net::awaitable<void> list_versions(Exchange& x) {
  x.decision = "rewrite";
  const policy::Place place = co_await place_of(x);
  const auto known = records_of(x, place);
  const std::string target =
      "drive " + place.drive_id + " item " + place.item_id + " version " + version_of(x);
  const auto intent = co_await intend_deletion(x, target, !known.empty());
  auto response = co_await ask_upstream(x, graph_request(x, x.route.method, raw_target(x)));
  const unsigned status = response.head.status;
  const std::string answer = co_await collect(x, response);
  if (intent) {
    auto outcome =
        record_of(x, audit::Event::kVersionDeleted, target,
                  status < 400 ? "done" : "refused: upstream answered " + std::to_string(status));
    outcome.intent = *intent;
    auto noted = append_audit(x, std::move(outcome));
    co_await noted.get();
  }
  co_await reply(x, status, answer_fields(x, response.head), with_plain_sizes(x, answer, known));
}

// Upstream ignores Range here, and so do we: the whole version is sent.
net::awaitable<void> read_version(Exchange& x) {
  const policy::Place place = co_await place_of(x);
  Wanted wanted{place.drive_id, place.item_id, raw_target(x), std::nullopt, version_of(x)};
  ContentAsk ask = ask_for(wanted, std::nullopt);
  ask.conditional = false;
  auto response = co_await open_content(x, ask);
  crypto::PrefixBytes prefix{};
  const std::size_t got = co_await read_up_to(*response.lease, prefix);
  const auto begun = ByteView(prefix).first(got);
  if (crypto::has_magic(begun)) co_return co_await open_version(x, wanted, response, begun);
  co_await pass_plain_version(x, wanted, place, response, begun);
}

}  // namespace kerros::io
