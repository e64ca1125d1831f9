#include "gateway/io/items/survey.h"

#include <algorithm>

#include "gateway/graph/json_text.h"
#include "gateway/graph/percent.h"
#include "gateway/graph/percent_encode.h"
#include "gateway/io/registry/sightings.h"
#include "gateway/policy/expected_item.h"
#include "gateway/proxy/host_name.h"

namespace kerros::io {

namespace {

constexpr std::size_t kMostRequests = 400;
constexpr std::size_t kMostFiles = 20'000;  // and folders that wait to be listed
// Longer than the service makes them: 400 characters for a path, far fewer for an id. A path is
// kept once for each file below a folder, so that its length counts as often.
constexpr std::size_t kLongestPath = 2048;
constexpr std::size_t kLongestId = 512;
constexpr std::string_view kChildren =
    "/children?$select=id,name,size,cTag,eTag,file,folder,package,remoteItem,parentReference"
    "&$top=999";

[[noreturn]] void throw_too_large() {
  throw Refused{graph::Refusal::kNotAllowed,
                "The folder holds too many files to be followed in one piece; do this with its "
                "folders one by one.",
                "folder too large to survey"};
}

std::string raw_of(const Exchange& x, std::string_view drive_id, std::string_view item_id) {
  return drives_root(x) + graph::percent_encode_path(drive_id) + "/items/" +
         graph::percent_encode_path(item_id);
}

// The target of the next page, if there is one; it must be Graph's own.
std::string next_target(const Exchange& x, std::string_view json) {
  auto text = graph::JsonText::parse(json);
  if (!text) return {};
  const graph::Members top = text->members(text->root());
  const graph::Member* next = graph::last_member(top, "@odata.nextLink");
  if (next == nullptr) return {};
  const auto url = parse_upstream_url(text->string_of(next->value));
  if (!url || !proxy::host_matches(x.front.upstream_host, url->host))
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "the next page is not at Graph"};
  return url->target;
}

net::awaitable<std::string> ask_page(Exchange& x, std::string target) {
  Upstream::Request request;
  request.host = x.front.upstream_host;
  request.target = std::move(target);
  request.fields.add("Accept", "application/json");
  if (const auto token = x.head.fields.find("Authorization"))
    request.fields.add("Authorization", std::string(*token));
  auto response = co_await ask_upstream(x, std::move(request));
  std::string body = co_await collect(x, response);
  const unsigned status = response.head.status;
  if (status == 429 || status >= 500)
    throw Refused{graph::Refusal::kCannotPlace, "", "listing answered " + std::to_string(status)};
  if (status != 200) throw Relayed{response.head, std::move(body)};
  co_return body;
}

struct Folder {
  std::string drive_id, item_id, path;
};

std::string path_below(const Folder& folder, const graph::FoundItem& item) {
  if (folder.path.size() + item.name.size() >= kLongestPath || item.item_id.size() > kLongestId ||
      item.drive_id.size() > kLongestId)
    throw Refused{graph::Refusal::kUpstreamMalformed, "", "a path or an id of no service's length"};
  return folder.path + "/" + item.name;
}

// One request after the other: a folder is copied rarely, and its owner waits for the cloud anyway.
net::awaitable<void> survey_below(Exchange& x, Folder top, Surveyed& surveyed) {
  std::vector<Folder> open{std::move(top)};
  std::size_t requests = 0;
  while (!open.empty()) {
    const Folder folder = std::move(open.back());
    open.pop_back();
    std::string target = raw_of(x, folder.drive_id, folder.item_id) + std::string(kChildren);
    while (!target.empty()) {
      if (++requests > kMostRequests) throw_too_large();
      const std::string page = co_await ask_page(x, std::move(target));
      target = next_target(x, page);
      auto found = graph::find_items(page);
      if (!found) throw Refused{graph::Refusal::kUpstreamMalformed, "", found.error().detail};
      for (auto& item : *found) {
        if (item.item_id.empty() || item.name.empty()) continue;
        if (item.drive_id.empty()) item.drive_id = folder.drive_id;
        std::string path = path_below(folder, item);
        if (surveyed.files.size() + open.size() == kMostFiles) throw_too_large();
        if (item.is_folder)
          open.push_back({item.drive_id, item.item_id, std::move(path)});
        else
          surveyed.files.push_back({std::move(path), sight(x, item)});
      }
    }
  }
}

// A parentReference gives its path decoded or encoded.
std::string decoded(const std::string& path) {
  const auto plain = graph::decode_percent(path, graph::Plus::kLiteral);
  return plain ? plain->text : path;
}

// The folder's own address, from what the body says; empty when it names no folder.
std::string raw_folder(const Exchange& x, const graph::ItemRequest& asked,
                       const std::string& drive_id) {
  const std::string drive = drives_root(x) + graph::percent_encode_path(drive_id);
  if (asked.parent_id == "root") return drive + "/root";
  if (!asked.parent_id.empty()) return raw_of(x, drive_id, asked.parent_id);
  constexpr std::string_view kRoot = "root:";
  const std::size_t root = asked.parent_path.find(kRoot);
  if (root == std::string::npos) return asked.parent_path.ends_with("/root") ? drive + "/root" : "";
  const std::string path = decoded(asked.parent_path.substr(root + kRoot.size()));
  if (path.empty() || path == "/") return drive + "/root";
  return drive + "/root:" + graph::percent_encode_path(path) + ":";
}

std::string drive_in_path(std::string_view path) {
  constexpr std::string_view kDrives = "/drives/";
  if (!path.starts_with(kDrives)) return {};
  path.remove_prefix(kDrives.size());
  return decoded(std::string(path.substr(0, path.find('/'))));
}

}  // namespace

bool Surveyed::any_sealed() const {
  return std::ranges::any_of(files, [](const File& file) { return file.record != nullptr; });
}

net::awaitable<Surveyed> survey(Exchange& x, const Identity& item) {
  Surveyed surveyed;
  if (item.is_folder) {
    Folder top{item.place.drive_id, item.place.item_id, ""};
    co_await survey_below(x, std::move(top), surveyed);
  } else {
    surveyed.files.push_back({"", sight(x, item.item)});
  }
  co_await apply_sightings(x);
  co_return surveyed;
}

net::awaitable<Destination> destination_of(Exchange& x, const graph::ItemRequest& asked,
                                           const Identity& item) {
  Destination to{item.place.drive_id, std::string(policy::parent_of(item.place.path)),
                 asked.name.empty() ? item.item.name : asked.name};
  const bool moves =
      !asked.parent_id.empty() || !asked.parent_path.empty() || !asked.parent_drive_id.empty();
  if (!moves) co_return to;
  if (!asked.parent_drive_id.empty())
    to.drive_id = asked.parent_drive_id;
  else if (std::string drive = drive_in_path(asked.parent_path); !drive.empty())
    to.drive_id = std::move(drive);
  std::string raw = raw_folder(x, asked, to.drive_id);
  if (raw.empty()) raw = drives_root(x) + graph::percent_encode_path(to.drive_id) + "/root";
  const Identity folder = co_await look_up_at(x, std::move(raw));
  if (!folder.exists)
    throw Refused{graph::Refusal::kNotFound, "The target folder was not found.", "no such folder"};
  if (!folder.place.drive_id.empty()) to.drive_id = folder.place.drive_id;
  to.folder = folder.place.path;
  co_return to;
}

void require_sealed(const Exchange& x, const Surveyed& surveyed, const Destination& to,
                    const policy::Place* from) {
  const policy::Rules& rules = x.config().policy;
  if (rules.rules.empty()) return;
  for (const Surveyed::File& file : surveyed.files) {
    if (file.record) continue;
    const std::string path = to.folder.empty() ? "" : to.path() + file.path;
    if (!may_be_protected(rules, {to.drive_id, "", path})) continue;
    if (from != nullptr && !from->path.empty() &&
        may_be_protected(rules, {from->drive_id, "", from->path + file.path}))
      continue;
    throw Refused{graph::Refusal::kNotAllowed,
                  "Ordinary files would lie unprotected in a protected place. Download them and "
                  "upload them there through the gateway.",
                  "an ordinary file would come to a protected place"};
  }
}

}  // namespace kerros::io
