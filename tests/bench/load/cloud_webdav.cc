// The words of WebDAV that a program needs to keep its files here (RFC 4918).
#include <fmt/format.h>

#include "tests/bench/load/cloud.h"

namespace kerros::bench {
namespace {

constexpr std::string_view kXml = "Content-Type: application/xml; charset=utf-8\r\n";

void write_file(std::string& out, const Item& item) {
  out += fmt::format(
      "<D:response><D:href>{}</D:href><D:propstat><D:prop><D:resourcetype/>"
      "<D:getcontentlength>{}</D:getcontentlength>"
      "<D:getlastmodified>Mon, 02 Mar 2026 08:15:30 GMT</D:getlastmodified>"
      "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>",
      item.path, item.size);
}

std::string folder_response(std::string_view path) {
  return fmt::format(
      "<D:response><D:href>{}/</D:href><D:propstat><D:prop>"
      "<D:resourcetype><D:collection/></D:resourcetype>"
      "<D:getlastmodified>Mon, 02 Mar 2026 08:15:30 GMT</D:getlastmodified>"
      "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>",
      path);
}

Answer properties(Cloud& cloud, const std::string& path, bool deep) {
  std::string inside;
  if (const Item* item = cloud.items.by_path(path)) {
    write_file(inside, *item);
  } else if (is_folder(path)) {
    inside = folder_response(path);
    if (deep) inside += cloud.items.listing(path, write_file);
  } else {
    return {404};
  }
  return {207, std::string(kXml),
          R"(<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">)" + inside +
              "</D:multistatus>"};
}

// Of "https://host/dav/a.bin": "/dav/a.bin".
std::string path_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.size(), url.find('/')));
  }
  std::string path(url.substr(0, url.find('?')));
  while (path.ends_with('/')) path.pop_back();
  return path;
}

Answer answer_without_body(Cloud& cloud, Connection& client, const std::string& path) {
  const std::string_view method = client.word(0);
  if (method == "OPTIONS") return {200, "DAV: 1\r\nAllow: GET, PUT, DELETE, MOVE, PROPFIND\r\n"};
  if (method == "MKCOL") return {201};
  if (method == "PROPFIND") return properties(cloud, path, client.field("Depth") == "1");
  if (method == "DELETE") return {cloud.items.erase(path) ? 204U : 404U};
  if (method == "MOVE")
    return {cloud.items.move(path, path_of(client.field("Destination").value_or(""))) ? 201U
                                                                                      : 404U};
  const Item* item = cloud.items.by_path(path);
  if (item == nullptr || (method != "GET" && method != "HEAD")) return {404};
  return content_of(*item, client);
}

}  // namespace

net::awaitable<Answer> answer_webdav(Cloud& cloud, Connection& client) {
  const std::string path = path_of(client.word(1));
  if (client.word(0) == "PUT") {
    co_await receive_file(cloud, client, path);
    co_return Answer{201, "X-OC-Mtime: accepted\r\n"};
  }
  co_await client.drop_body();
  co_return answer_without_body(cloud, client, path);
}

}  // namespace kerros::bench
