#include "tools/sandbox/webdav_xml.h"

#include "tools/sandbox/clock.h"
#include "tools/sandbox/encoding.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/server_path.h"

namespace kerros::sandbox {
namespace {

constexpr const char* kProlog = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

std::string properties_of(const Item& item) {
  std::string out = "<D:displayname>" + xml_text(item.name) + "</D:displayname>" +
                    "<D:creationdate>" + iso_time(item.created) + "</D:creationdate>" +
                    "<D:getlastmodified>" + http_date(item.modified) + "</D:getlastmodified>";
  if (item.folder) {
    return out +
           "<D:resourcetype><D:collection/></D:resourcetype><D:getcontentlength>0"
           "</D:getcontentlength>";
  }
  return out + "<D:resourcetype/><D:getcontentlength>" + std::to_string(item.current().size) +
         "</D:getcontentlength><D:getcontenttype>" + mime_type_of(item.name) +
         "</D:getcontenttype><D:getetag>" + item.etag_text() + "</D:getetag>";
}

}  // namespace

std::string href_of(Store& store, const std::string& host, const Item& item) {
  return "https://" + host + percent_encode(server_path(store, item), "/!") +
         (item.folder ? "/" : "");
}

std::string multistatus(Store& store, const std::string& host, const std::vector<Item*>& items) {
  std::string out = std::string(kProlog) + "<D:multistatus xmlns:D=\"DAV:\">";
  for (const Item* item : items) {
    out += "<D:response><D:href>" + href_of(store, host, *item) + "</D:href><D:propstat><D:prop>" +
           properties_of(*item) +
           "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>";
  }
  return out + "</D:multistatus>";
}

std::string lock_discovery(const std::string& token, const std::string& href) {
  return std::string(kProlog) +
         "<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery><D:activelock><D:locktype><D:write/>"
         "</D:locktype><D:lockscope><D:exclusive/></D:lockscope><D:depth>0</D:depth>"
         "<D:timeout>Second-3600</D:timeout><D:locktoken><D:href>" +
         token + "</D:href></D:locktoken><D:lockroot><D:href>" + href +
         "</D:href></D:lockroot></D:activelock></D:lockdiscovery></D:prop>";
}

}  // namespace kerros::sandbox
