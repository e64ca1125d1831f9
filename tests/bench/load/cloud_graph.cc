// The words of Graph and of the tenant's host.
#include <fmt/format.h>

#include <iterator>

#include "gateway/graph/range.h"
#include "tests/bench/load/cloud.h"

namespace kerros::bench {
namespace {

constexpr std::string_view kDrive =
    "b!Bench0xkZr0u8mJ3hVtq0Qw5sXbd2fXtKq0mVJ1rN8kEyL7nKerrosBenchDrive";
constexpr std::string_view kTenant = "https://contoso.sharepoint.com";
constexpr std::string_view kJson =
    "Content-Type: application/json; odata.metadata=minimal; charset=utf-8\r\n";
constexpr std::string_view kPerson =
    R"({"user":{"email":"ada.lovelace@contoso.test","id":"8a6e1c9e-30b2-4c0a-9a53-0d3d4a0a5b11","displayName":"Ada Lovelace"}})";

const std::string kTempAuth(480, 'e');  // about as long as a real one

std::string guid_of(const Item& item) {
  return fmt::format("A1B2C3D4-0000-4111-8222-{}", item.id.substr(item.id.size() - 12));
}

std::string parent_of(std::string_view folder) {
  return fmt::format(
      R"("parentReference":{{"driveType":"documentLibrary","driveId":"{0}","id":"01KERROSBENCHFOLDER","name":"{1}","path":"/drives/{0}/root:{2}","siteId":"c0ffee00-1111-4222-8333-444455556666"}})",
      kDrive, folder.substr(folder.rfind('/') + 1), folder);
}

// With everything that Graph says of a file unasked.
void write_item(std::string& out, const Item& item) {
  const std::string guid = guid_of(item);
  if (!out.empty()) out += ',';
  auto end = std::back_inserter(out);
  fmt::format_to(
      end,
      R"({{"@microsoft.graph.downloadUrl":"{0}/download/{1}?tempauth=v1.{7}.{2}&ApiVersion=2.0","createdDateTime":"2026-03-02T08:15:30Z","eTag":"\"{{{2}}},{3}\"","id":"{1}","lastModifiedDateTime":"2026-03-02T08:15:30Z","name":"{4}","webUrl":"{0}/Shared%20Documents{5}","cTag":"\"c:{{{2}}},{3}\"","size":{6},)",
      kTenant, item.id, guid, item.version, item.name(), item.path, item.size, kTempAuth);
  out.append(R"("createdBy":)").append(kPerson).append(R"(,"lastModifiedBy":)").append(kPerson);
  out += ',';
  out += parent_of(item.folder());
  fmt::format_to(
      end,
      R"(,"file":{{"mimeType":"application/octet-stream","hashes":{{"quickXorHash":"{}"}}}},"fileSystemInfo":{{"createdDateTime":"2026-03-02T08:15:30Z","lastModifiedDateTime":"2026-03-02T08:15:30Z"}},"shared":{{"scope":"users"}}}})",
      item.hash);
}

Answer json(unsigned status, std::string text) {
  return {status, std::string(kJson), std::move(text)};
}

Answer item_answer(unsigned status, const Item& item) {
  std::string text;
  write_item(text, item);
  return json(status, std::move(text));
}

Answer not_found() {
  return json(404,
              R"({"error":{"code":"itemNotFound","message":"The resource could not be found."}})");
}

Answer folder_answer(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const bool is_root = name.empty();
  return json(
      200,
      fmt::format(
          R"({{"id":"01KERROSBENCHFOLDER{}","name":"{}","size":0,"cTag":"\"c:{{F}},1\"","eTag":"\"{{F}},1\"",{},"folder":{{"childCount":1}}{}}})",
          std::hash<std::string_view>{}(path) % 1000000, is_root ? "root" : name,
          is_root ? fmt::format(R"("parentReference":{{"driveId":"{}"}})", kDrive)
                  : parent_of(path.substr(0, path.rfind('/'))),
          is_root ? R"(,"root":{})" : ""));
}

struct Address {
  std::string path;    // or
  std::string id;      // one of both
  std::string action;  // "", "content", "children", "createUploadSession"
};

// "/v1.0/me/drive/root:/a/b.bin:/content", "/v1.0/drives/D/items/I/content". Names are plain.
Address address_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  Address address;
  if (const auto at = target.find("/root:"); at != std::string_view::npos) {
    const std::string_view rest = target.substr(at + 6);
    const std::size_t colon = rest.find(':');
    address.path = rest.substr(0, colon);
    if (colon != std::string_view::npos && colon + 2 < rest.size())
      address.action = rest.substr(colon + 2);
  } else if (const auto items = target.find("/items/"); items != std::string_view::npos) {
    const std::string_view rest = target.substr(items + 7);
    const std::size_t slash = rest.find('/');
    address.id = rest.substr(0, slash);
    if (slash != std::string_view::npos) address.action = rest.substr(slash + 1);
  } else {
    address.path = "/";
    if (target.ends_with("/children")) address.action = "children";
  }
  return address;
}

Answer session_answer(unsigned status, std::string_view id, std::uint64_t next) {
  return json(
      status,
      fmt::format(
          R"({{"uploadUrl":"{}/upload/{}","expirationDateTime":"2099-01-01T00:00:00Z","nextExpectedRanges":["{}-"]}})",
          kTenant, id, next));
}

net::awaitable<Answer> open_session(Cloud& cloud, Connection& client, std::string path) {
  co_await client.drop_body();
  const std::string id = std::to_string(++cloud.last_session);
  cloud.sessions.emplace(id, Arriving{.path = std::move(path), .hash = {}, .body = nullptr});
  co_return session_answer(200, id, 0);
}

net::awaitable<Answer> take_fragment(Cloud& cloud, Connection& client, const std::string& id) {
  const auto range = graph::parse_fragment_range(client.field("Content-Range"));
  const auto found = cloud.sessions.find(id);
  if (!range || found == cloud.sessions.end() ||
      range->range.first != found->second.hash.length()) {
    co_await client.drop_body();
    co_return json(416, R"({"error":{"code":"invalidRange","message":"Not the next fragment."}})");
  }
  Arriving& file = found->second;
  if (range->range.first == 0) file = cloud.begin(file.path, range->total);
  for (;;) {
    const ByteView piece = co_await client.read_piece();
    if (piece.empty()) break;
    file.take(piece);
  }
  if (file.hash.length() < range->total) co_return session_answer(202, id, file.hash.length());
  const Answer answer = item_answer(201, cloud.store(std::move(file)));
  cloud.sessions.erase(id);
  co_return answer;
}

net::awaitable<Answer> answer_upload_url(Cloud& cloud, Connection& client, const std::string& id) {
  if (client.word(0) == "PUT") co_return co_await take_fragment(cloud, client, id);
  co_await client.drop_body();
  if (client.word(0) == "DELETE") {
    cloud.sessions.erase(id);
    co_return Answer{204};
  }
  const auto found = cloud.sessions.find(id);
  if (found == cloud.sessions.end()) co_return not_found();
  co_return session_answer(200, id, found->second.hash.length());
}

std::string_view between(std::string_view target, std::string_view before) {
  target.remove_prefix(before.size());
  return target.substr(0, target.find('?'));
}

net::awaitable<Answer> answer_tenant(Cloud& cloud, Connection& client) {
  const std::string_view target = client.word(1);
  if (target.starts_with("/upload/"))
    co_return co_await answer_upload_url(cloud, client, std::string(between(target, "/upload/")));
  co_await client.drop_body();
  const Item* item = cloud.items.by_id(between(target, "/download/"));
  co_return item == nullptr ? not_found() : content_of(*item, client);
}

}  // namespace

net::awaitable<Answer> answer_graph(Cloud& cloud, Connection& client) {
  const std::string_view method = client.word(0);
  if (!client.word(1).starts_with("/v1.0/")) co_return co_await answer_tenant(cloud, client);
  const Address address = address_of(client.word(1));
  if (method == "PUT" && address.action == "content") {
    const Item* known = cloud.items.by_id(address.id);
    const std::string path = known == nullptr ? address.path : known->path;
    const bool is_new = cloud.items.by_path(path) == nullptr;
    co_return item_answer(is_new ? 201 : 200, *co_await receive_file(cloud, client, path));
  }
  if (method == "POST" && address.action == "createUploadSession")
    co_return co_await open_session(cloud, client, address.path);
  co_await client.drop_body();
  if (address.action == "children")
    co_return json(200, R"({"value":[)" + cloud.items.listing(address.path, write_item) + "]}");
  const Item* item =
      address.id.empty() ? cloud.items.by_path(address.path) : cloud.items.by_id(address.id);
  if (item == nullptr && address.id.empty() && is_folder(address.path))
    co_return folder_answer(address.path);
  if (item == nullptr) co_return not_found();
  if (method == "DELETE") {
    cloud.items.erase(item->path);
    co_return Answer{204};
  }
  co_return address.action == "content" ? content_of(*item, client) : item_answer(200, *item);
}

}  // namespace kerros::bench
