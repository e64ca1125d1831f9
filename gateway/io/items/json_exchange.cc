// Requests whose answers are JSON: forwarded with the caller's token, sizes and URLs rewritten.
#include "gateway/io/exchange/place.h"
#include "gateway/io/items/item_change.h"
#include "gateway/io/items/stages.h"
#include "gateway/io/registry/item_edits.h"
#include "gateway/io/registry/rewrite_json.h"
#include "gateway/io/registry/sightings.h"

namespace kerros::io {

namespace {

// Answers whose $select and $expand may be widened; other resources lack those fields.
std::optional<graph::Answers> widened_as(graph::Operation operation) {
  switch (operation) {
    case graph::Operation::kReadItem:
    case graph::Operation::kListChildren:
    case graph::Operation::kListItems:
      return graph::Answers::kItems;
    case graph::Operation::kListRows:
      return graph::Answers::kListItems;
    default:
      return std::nullopt;
  }
}

graph::WidenedSelect widen(const Exchange& x) {
  const auto answers = widened_as(x.route.operation);
  return answers ? graph::widen_select(x.route.target, *answers) : graph::WidenedSelect{};
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

bool ends_checkout(const Exchange& x) {
  return x.route.pattern == "{item}/checkin" || x.route.pattern == "{item}/discardCheckout";
}

bool is_json(const graph::ResponseHead& head) {
  const auto type = head.fields.find("Content-Type");
  return type && (type->starts_with("application/json") || type->starts_with("text/json"));
}

struct JsonAnswer {
  graph::ResponseHead head;
  std::string body;
  graph::WidenedSelect widened;  // as it was asked
};

net::awaitable<JsonAnswer> ask_once(Exchange& x, std::string body, graph::WidenedSelect widened) {
  std::string target =
      widened.inserted.empty() ? raw_target(x) : x.route.target.raw_path + "?" + widened.raw_query;
  auto request = graph_request(x, x.route.method, std::move(target));
  request.body = std::move(body);
  auto response = co_await ask_upstream(x, std::move(request));
  JsonAnswer answer{response.head, co_await collect(x, response), std::move(widened)};
  if (!answer.body.empty() && !is_json(answer.head) && answer.head.status < 400)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "answer to a JSON route is not JSON"};
  co_return answer;
}

// Where upstream does not take what we asked for beyond the client's wish, it is asked as the
// client did; sizes that then belong to nothing are left out.
net::awaitable<JsonAnswer> ask_json(Exchange& x, std::string body) {
  auto widened = widen(x);
  const bool is_wider = !widened.inserted.empty();
  auto answer = co_await ask_once(x, body, std::move(widened));
  if (answer.head.status != 400 || !is_wider) co_return answer;
  co_return co_await ask_once(x, std::move(body), graph::WidenedSelect{});
}

// The columns of one list item are answered without the driveItem they tell about: it is asked for.
net::awaitable<std::optional<graph::ItemEdit>> columns_edit(Exchange& x, const JsonAnswer& answer) {
  if (x.route.operation != graph::Operation::kListFields || answer.head.status >= 400)
    co_return std::nullopt;
  std::string row = x.route.target.raw_path;
  if (row.ends_with('/')) row.pop_back();
  row.resize(row.rfind('/'));
  const Identity identity = co_await look_up_at(x, row + "/driveItem");
  if (!identity.exists) co_return graph::ItemEdit{};  // a row of a list that holds no files
  std::vector<graph::FoundItem> items(1);
  items[0].drive_id = identity.place.drive_id;
  items[0].item_id = identity.place.item_id;
  items[0].ctag = identity.ctag;
  items[0].size = identity.size;
  items[0].is_folder = identity.is_folder;
  co_return edits_for(x, items).front();
}

}  // namespace

net::awaitable<void> pass_json(Exchange& x) {
  x.decision = "rewrite";
  std::string body = co_await read_request_json(x);
  if (const auto ok = graph::check_request(body); !ok)
    throw Refused{graph::Refusal::kMalformedRequest, "", ok.error().detail};
  refuse_content_in_json(x, body);
  auto change = co_await intend_change(x, body);
  const auto answer = co_await ask_json(x, std::move(body));
  const unsigned status = answer.head.status;
  if (status < 400) note_proof(x);
  if (change) co_await settle_change(x, *std::move(change), status, answer.body);
  if (status < 400 && ends_checkout(x)) co_await note_checkout_ended(x);
  auto fields = answer_fields(x, answer.head);
  if (const auto location = fields.find("Location"))
    fields.set("Location", graph::narrow_link(*location, answer.widened));
  auto columns = co_await columns_edit(x, answer);
  const std::string told = rewrite_json(x, answer.body, answer.widened, std::move(columns));
  co_await apply_sightings(x);
  co_await reply(x, status, std::move(fields), told);
}

}  // namespace kerros::io
