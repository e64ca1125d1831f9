// Files by their own URL, and the download page for callers who show who they are.
#include "tools/sandbox/download.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/office_call.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

Reply send_item(OfficeCall& call, Item* item) {
  if (item == nullptr) throw item_not_found();
  reach(call, *item);
  if (item->folder) throw bad_request("The item is a folder");
  const std::string none_match = call.header("If-None-Match");
  if (none_match == item->etag_text()) return empty_reply(304);
  return send(call.exchange, snapshot(call.store(), *item, item->current()));
}

// "UniqueId" may come in braces.
std::string guid_of(std::string text) {
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// What the browser shows for a folder or a site: nothing of the files in it.
Reply web_page(OfficeCall& call) {
  Reply reply;
  add_request_ids(call.exchange, reply);
  reply.set("Content-Type", "text/html; charset=utf-8");
  reply.body = "<!doctype html><title>SharePoint</title>\n";
  return reply;
}

}  // namespace

Reply serve_file(OfficeCall& call) {
  const auto lock = call.store().lock();
  ServerPlace place = find_url_path(call.store(), call.host(), call.path);
  if (place.drive == nullptr) {
    for (const auto& [id, drive] : call.store().drives()) {
      const bool is_site = call.path == "/" || fold_name(call.path) == fold_name(drive.web_path);
      if (drive.host == call.host() && is_site) return web_page(call);
    }
  }
  place = reach(call, place);
  if (place.item != nullptr && place.item->folder) return web_page(call);
  return send_item(call, place.item);
}

Reply serve_download(OfficeCall& call) {
  if (call.exchange.head.method != "GET" && call.exchange.head.method != "HEAD") {
    throw Refusal(405, "notSupported", "The method is not allowed here");
  }
  const auto lock = call.store().lock();
  if (const auto guid = call.query.find("UniqueId")) {
    return send_item(call, call.store().item_by_guid(guid_of(*guid)));
  }
  std::string path = call.query.find("SourceUrl").value_or("");
  const std::string site = "https://" + call.host();
  if (path.starts_with(site)) path.erase(0, site.size());
  if (!path.starts_with('/')) throw bad_request("Neither UniqueId nor SourceUrl names a file");
  return send_item(call, reach(call, find_server_path(call.store(), call.host(), path)).item);
}

}  // namespace kerros::sandbox
