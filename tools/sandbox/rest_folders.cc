// What REST does to one folder: lists it, makes folders and files in it.
#include "tools/sandbox/commit.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/rest_calls.h"
#include "tools/sandbox/rest_json.h"

namespace kerros::sandbox {
namespace {

constexpr std::uint64_t kLargestBody = 262'144'000;  // exclusive

Item& existing(const ServerPlace& place) {
  if (place.item == nullptr || !place.item->folder) throw item_not_found();
  return *place.item;
}

Reply list(OfficeCall& call, const ServerPlace& place, bool folders) {
  const auto lock = call.store().lock();
  Json values = Json::array();
  for (Item* child : call.store().children(existing(place))) {
    if (child->folder != folders) continue;
    values.push_back(folders ? rest_folder(call.store(), *child) : rest_file(call.store(), *child));
  }
  return rest_list(call, values);
}

ServerPlace below(OfficeCall& call, const ServerPlace& place, const RestStep& step) {
  const auto name = step.argument(step.name == "add" ? "url" : "decodedurl");
  if (!name || name->empty()) throw bad_request("The name is missing");
  const std::string last = name->substr(name->rfind('/') + 1);  // a whole path is taken as well
  return {place.drive, call.store().child(existing(place), last), place.item, last};
}

Reply add_file(OfficeCall& call, const ServerPlace& place, const RestStep& step) {
  {
    const auto lock = call.store().lock();
    const ServerPlace wanted = below(call, place, step);
    check_name(call.exchange, call.store(), existing(place), wanted.name);
    if (wanted.item != nullptr && !is_true(step.argument("overwrite"))) {
      throw bad_request("A file with the name " + wanted.name + " already exists.");
    }
  }
  const Arrived bytes = spool_body(call.exchange, kLargestBody);
  if (const auto hash = step.argument("xorhash"); hash && *hash != bytes.hash) {
    std::filesystem::remove(bytes.file);
    throw bad_request("The checksum is that of other bytes");
  }
  const auto lock = call.store().lock();
  ServerPlace wanted = below(call, place, step);
  store_file(call, wanted, bytes);
  wanted = below(call, place, step);
  return rest_reply(call, 200, rest_file(call.store(), *wanted.item));
}

Reply add_folder(OfficeCall& call, const ServerPlace& place, const RestStep& step) {
  const auto lock = call.store().lock();
  const ServerPlace wanted = below(call, place, step);
  check_name(call.exchange, call.store(), existing(place), wanted.name);
  if (wanted.item != nullptr && !wanted.item->folder) throw bad_request("A file has that name");
  Item& folder = wanted.item != nullptr
                     ? *wanted.item
                     : call.store().create(existing(place), wanted.name, true, call.caller.oid);
  return rest_reply(call, 201, rest_folder(call.store(), folder));
}

}  // namespace

Reply on_folder(OfficeCall& call, const ServerPlace& place, RestSteps rest) {
  const bool posts = call.exchange.head.method == "POST";
  if (rest.empty() && !posts) {
    const auto lock = call.store().lock();
    return rest_reply(call, 200, rest_folder(call.store(), existing(place)));
  }
  if (rest.empty() || rest.size() > 2) throw item_not_found();
  const bool folders = rest[0].name == "folders";
  if (!folders && rest[0].name != "files") throw item_not_found();
  if (rest.size() == 1) return list(call, place, folders);
  const bool adds = rest[1].name == "add" || rest[1].name == "addusingpath";
  if (!adds) throw item_not_found();
  if (!posts) throw Refusal(405, "notSupported", "The method is not allowed here");
  return folders ? add_folder(call, place, rest[1]) : add_file(call, place, rest[1]);
}

}  // namespace kerros::sandbox
