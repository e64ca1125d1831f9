#include "tools/sandbox/pages.h"

#include <fstream>

#include "tools/sandbox/item_json.h"

namespace kerros::sandbox {
namespace {

constexpr std::int64_t kLifetime = 3600;

std::string site_url(Exchange& exchange, const Item& item) {
  const Drive& drive = *exchange.cloud.store.drive(item.drive);
  return "https://" + tenant_authority(exchange, drive) + drive.web_path;
}

std::string proof(Exchange& exchange, const Item& item, const std::string& use) {
  return exchange.cloud.tokens.tempauth({{"use", use}, {"d", item.drive}, {"i", item.id}},
                                        kLifetime);
}

}  // namespace

std::string thumbnail_url(Exchange& exchange, const Item& item, const std::string& size) {
  return site_url(exchange, item) + "/_api/v2.0/drives/" + item.drive + "/items/" + item.id +
         "/thumbnails/0/" + size + "/content?tempauth=" + proof(exchange, item, "thumbnail");
}

std::string conversion_url(Exchange& exchange, const Item& item, const std::string& format) {
  return site_url(exchange, item) +
         "/_layouts/15/transform.aspx?UniqueId=" + lower_ascii(item.guid) + "&format=" + format +
         "&tempauth=" + proof(exchange, item, "transform " + format);
}

std::string preview_url(Exchange& exchange, const Item& item) {
  return site_url(exchange, item) + "/_layouts/15/embed.aspx?UniqueId=" + lower_ascii(item.guid) +
         "&tempauth=" + proof(exchange, item, "preview");
}

std::string first_bytes(const Store& store, const Item& item) {
  constexpr std::size_t kEnough = 4096;
  std::string out(kEnough, '\0');
  std::ifstream in(store.blob(item.current()), std::ios::binary);
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

}  // namespace kerros::sandbox
