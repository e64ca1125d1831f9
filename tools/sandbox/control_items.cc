#include "tools/sandbox/control_items.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/places.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/tamper.h"

namespace kerros::sandbox {
namespace {

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw bad_request("The file cannot be read");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Beside the target, then renamed over it: downloads under way keep what they opened.
void write_whole(const std::filesystem::path& path, const std::string& bytes) {
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream(fresh, std::ios::binary) << bytes;
  std::filesystem::rename(fresh, path);
}

Json version_state(const Store& store, const Version& v) {
  return {{"label", v.label}, {"size", v.size}, {"hash", v.hash}, {"blob", store.blob(v).string()}};
}

Json item_state(Store& store, const Item& item) {
  Json versions = Json::array();
  for (const Version& v : item.versions) versions.push_back(version_state(store, v));
  Json out = {{"id", item.id},
              {"drive", item.drive},
              {"parent", item.parent},
              {"name", item.name},
              {"path", store.path_of(item)},
              {"folder", item.folder},
              {"eTag", item.etag_text()},
              {"cTag", item.ctag_text()},
              {"versions", versions}};
  if (!item.versions.empty()) {
    out["size"] = item.current().size;
    out["hash"] = item.current().hash;
    out["blob"] = store.blob(item.current()).string();
  }
  return out;
}

Item& named_item(Store& store, const std::string& drive, const std::string& id) {
  Item* item = store.item(drive, id);
  if (item == nullptr) throw item_not_found();
  return *item;
}

// Where body_of_item, header_of_item and older_version take their bytes from.
std::string other_body(Store& store, const Item& item, const Json& how) {
  const std::string op = how.at("op").get<std::string>();
  if (op == "older_version") {
    const std::string label = how.value("version", "");
    for (auto at = item.versions.rbegin(); at != item.versions.rend(); ++at) {
      if (label.empty() ? &*at != &item.current() : at->label == label)
        return slurp(store.blob(*at));
    }
    throw bad_request("There is no such version");
  }
  if (!how.contains("other")) return {};
  const Item& other =
      named_item(store, how.value("other_drive", item.drive), how.at("other").get<std::string>());
  if (other.versions.empty()) throw bad_request("The other item has no bytes");
  return slurp(store.blob(other.current()));
}

Item& folder_for(Store& store, const Drive& drive, std::vector<std::string>& steps,
                 const std::string& by) {
  Item* at = store.item(drive.id, drive.root);
  while (steps.size() > 1) {
    Item* next = store.child(*at, steps.front());
    at = next != nullptr ? next : &store.create(*at, steps.front(), true, by);
    steps.erase(steps.begin());
  }
  return *at;
}

}  // namespace

Reply control_state(Exchange& exchange) {
  Store& store = exchange.cloud.store;
  const auto lock = store.lock();
  Json users = Json::array();
  for (const User& u : store.users()) {
    users.push_back({{"upn", u.upn}, {"oid", u.oid}, {"name", u.name}, {"drive", u.drive}});
  }
  Json drives = Json::array();
  for (const auto& [id, d] : store.drives()) {
    drives.push_back({{"id", d.id},
                      {"type", d.type},
                      {"owner", d.owner},
                      {"root", d.root},
                      {"host", d.host},
                      {"site", d.site}});
  }
  Json items = Json::array();
  for (const auto& [id, item] : store.items()) {
    if (!item.deleted) items.push_back(item_state(store, item));
  }
  Json sessions = Json::array();
  for (const auto& [guid, s] : store.sessions()) {
    sessions.push_back({{"guid", guid},
                        {"drive", s.drive},
                        {"item", s.item},
                        {"name", s.name},
                        {"received", s.received}});
  }
  return json_reply(exchange, 200,
                    {{"users", users},
                     {"group", group_id()},
                     {"drives", drives},
                     {"items", items},
                     {"sessions", sessions}});
}

Reply control_plant(Exchange& exchange) {
  constexpr std::size_t kLargest = 512 * 1024 * 1024;
  const Json body = Json::parse(read_text(exchange, kLargest));
  const auto decoded = from_base64(body.value("bytes", ""));
  if (!decoded) throw bad_request("'bytes' is not base64");
  Store& store = exchange.cloud.store;
  const Arrived bytes{store.incoming("planted-" + random_guid()), 0, ""};
  if (body.contains("file")) {
    std::filesystem::copy_file(body["file"].get<std::string>(), bytes.file);
  } else {
    write_whole(bytes.file, *decoded);
  }
  const QuickXor hash = quickxor_file(bytes.file);
  const auto lock = store.lock();
  const Drive* drive = store.drive(body.at("drive").get<std::string>());
  const std::string path = body.at("path").get<std::string>();
  if (drive == nullptr || !path.starts_with('/')) throw item_not_found();
  const User* user = store.user_by_upn(body.value("user", store.users().front().upn));
  if (user == nullptr) throw bad_request("There is no such user");
  std::vector<std::string> steps = split(std::string_view(path).substr(1), '/');
  Item& parent = folder_for(store, *drive, steps, user->oid);
  Item* item = store.child(parent, steps.back());
  if (item == nullptr) item = &store.create(parent, steps.back(), false, user->oid);
  store.add_version(*item, {bytes.file, hash.length(), hash.base64_digest()}, user->oid);
  return json_reply(exchange, 201, item_state(store, *item));
}

Reply control_tamper(Exchange& exchange) {
  const Json how = read_json(exchange);
  Store& store = exchange.cloud.store;
  const auto lock = store.lock();
  Item& item =
      named_item(store, how.at("drive").get<std::string>(), how.at("item").get<std::string>());
  if (item.versions.empty()) throw bad_request("The item has no bytes");
  const auto path = store.blob(item.current());
  write_whole(path, tampered(slurp(path), nlohmann::json(how), other_body(store, item, how)));
  if (how.value("update_metadata", false)) store.refresh(item);
  if (how.value("new_version", false)) {
    ++item.ctag;
    store.touch(item);
  }
  return json_reply(exchange, 200, item_state(store, item));
}

}  // namespace kerros::sandbox
