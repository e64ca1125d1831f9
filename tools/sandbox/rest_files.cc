// What REST does to one file.
#include <algorithm>
#include <array>

#include "tools/sandbox/commit.h"
#include "tools/sandbox/download.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/rest_calls.h"
#include "tools/sandbox/rest_json.h"

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kLargestBody = 262'144'000;  // exclusive

Item& existing(const ServerPlace& place) {
  if (place.item == nullptr || place.item->folder) throw item_not_found();
  return *place.item;
}

void expect_verb(const OfficeCall& call, std::string_view verb) {
  if (call.exchange.head.method == verb) return;
  throw Refusal(405, "notSupported", "The method is not allowed here");
}

Reply read_value(OfficeCall& call, const ServerPlace& place) {
  const auto lock = call.store().lock();
  const Item& item = existing(place);
  return send(call.exchange, snapshot(call.store(), item, item.current()));
}

Reply write_value(OfficeCall& call, const ServerPlace& place) {
  existing(place);
  const Arrived bytes = spool_body(call.exchange, kLargestBody);
  const auto lock = call.store().lock();
  store_file(call, place, bytes);
  return rest_reply(call, 200, rest_file(call.store(), existing(place)));
}

std::uint64_t offset_of(const RestStep& step) {
  const auto offset = parse_decimal(step.argument("fileoffset").value_or(""));
  if (!offset) throw bad_request("fileOffset is missing");
  return *offset;
}

// Each piece answers with the next offset, as a text.
Reply next_offset(OfficeCall& call, const char* name, std::uint64_t offset) {
  const bool verbose = call.header("Accept").find("odata=verbose") != std::string::npos;
  return rest_reply(call, 200, {{verbose ? name : "value", std::to_string(offset)}});
}

Reply take_piece(OfficeCall& call, const ServerPlace& place, const RestStep& step) {
  RestUploads& uploads = call.exchange.cloud.rest_uploads;
  const std::string& item = existing(place).id;
  const std::string id = lower_ascii(step.argument("uploadid").value_or(""));
  expect_verb(call, "POST");
  if (step.name == "cancelupload") {
    uploads.cancel(id, item);
    return rest_reply(call, 200, Json::object());
  }
  const bool starts = step.name == "startupload";
  const std::uint64_t offset = starts ? 0 : offset_of(step);
  const Arrived piece = spool_body(call.exchange, kLargestBody);
  if (starts) return next_offset(call, "StartUpload", uploads.start(id, item, piece));
  if (step.name == "continueupload") {
    return next_offset(call, "ContinueUpload", uploads.append(id, item, offset, piece));
  }
  const Arrived whole = uploads.finish(id, item, offset, piece);
  const auto lock = call.store().lock();
  store_file(call, place, whole);
  return rest_reply(call, 200, rest_file(call.store(), existing(place)));
}

Reply remove(OfficeCall& call, const ServerPlace& place) {
  const auto lock = call.store().lock();
  check_unlocked(existing(place), call.caller.oid);
  call.store().remove(existing(place));
  return rest_reply(call, 200, Json::object());
}

// copyTo(strNewUrl,bOverWrite) and moveTo(newUrl,flags): flag 1 overwrites.
Reply transfer(OfficeCall& call, const ServerPlace& place, const RestStep& step) {
  expect_verb(call, "POST");
  const bool moves = step.name == "moveto";
  const auto lock = call.store().lock();
  Item& item = existing(place);
  const ServerPlace target =
      reach(call, find_server_path(call.store(), call.host(),
                                   step.argument(moves ? "newurl" : "strnewurl").value_or("")));
  if (target.parent == nullptr) throw item_not_found();
  const bool overwrites =
      moves ? step.argument("flags") == "1" : is_true(step.argument("boverwrite"));
  if (target.item != nullptr && !overwrites) throw name_exists("A file of that name exists");
  if (target.item != nullptr) call.store().remove(*target.item);
  if (moves) {
    call.store().relocate(item, *target.parent, target.name);
    call.store().touch(item);
  } else {
    call.store().copy(item, *target.parent, target.name, false, call.caller.oid);
  }
  return rest_reply(call, 200, Json::object());
}

}  // namespace

Reply on_file(OfficeCall& call, const ServerPlace& place, RestSteps rest) {
  const std::string& method = call.exchange.head.method;
  if (rest.size() > 1) throw item_not_found();
  if (rest.empty()) {
    if (method == "DELETE") return remove(call, place);
    expect_verb(call, "GET");
    const auto lock = call.store().lock();
    return rest_reply(call, 200, rest_file(call.store(), existing(place)));
  }
  const RestStep& step = rest.front();
  if (step.name == "$value") {
    return method == "PUT" ? write_value(call, place) : read_value(call, place);
  }
  if (step.name == "openbinarystream") return read_value(call, place);
  if (step.name == "recycle") return remove(call, place);
  if (step.name == "copyto" || step.name == "moveto") return transfer(call, place, step);
  static constexpr std::array<std::string_view, 4> kPieces = {"startupload", "continueupload",
                                                              "finishupload", "cancelupload"};
  if (std::find(kPieces.begin(), kPieces.end(), step.name) != kPieces.end()) {
    return take_piece(call, place, step);
  }
  throw item_not_found();
}

}  // namespace kerros::sandbox
