// Thumbnails, previews: what the service can show because it can read.
#include "tools/sandbox/graph_handlers.h"
#include "tools/sandbox/names.h"
#include "tools/sandbox/pages.h"
#include "tools/sandbox/renditions.h"
#include "tools/sandbox/views.h"

namespace kerros::sandbox {
namespace {

constexpr int kSide = 16;

bool is_size(const std::string& name) {
  return name == "small" || name == "medium" || name == "large" || name == "source" ||
         (name.size() > 1 && name.front() == 'c' && name[1] >= '0' && name[1] <= '9');
}

Json one_size(GraphCall& call, const Item& item, const std::string& size) {
  return {{"height", kSide}, {"url", thumbnail_url(call.exchange, item, size)}, {"width", kSide}};
}

// The item with a thumbnail, and the size that is asked for.
const Item& shown_item(const GraphCall& call) {
  const Item& item = find_item(call);
  if (item.folder || !has_thumbnail(extension_of(item.name)) || call.target.relation[1] != "0") {
    throw item_not_found();
  }
  return item;
}

const std::string& asked_size(const GraphCall& call) {
  const std::string& size = call.target.relation[2];
  if (!is_size(size)) throw bad_request("There is no such size");
  return size;
}

}  // namespace

Json thumbnails_json(GraphCall& call, const Item& item) {
  if (item.folder || !has_thumbnail(extension_of(item.name))) return Json::array();
  Json set = {{"id", "0"}};
  for (const char* size : {"large", "medium", "small"}) set[size] = one_size(call, item, size);
  for (const std::string& size : call.target.query.list("select")) {
    if (size.front() == 'c' && is_size(size)) set[size] = one_size(call, item, size);
  }
  return Json::array({set});
}

Reply list_thumbnails(GraphCall& call) {
  const auto lock = call.store().lock();
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("Collection(thumbnailSet)")},
                     {"value", thumbnails_json(call, find_item(call))}});
}

Reply get_thumbnail_set(GraphCall& call) {
  const auto lock = call.store().lock();
  return json_reply(call.exchange, 200, thumbnails_json(call, shown_item(call)).front());
}

Reply get_thumbnail(GraphCall& call) {
  const auto lock = call.store().lock();
  const Item& item = shown_item(call);
  return json_reply(call.exchange, 200, one_size(call, item, asked_size(call)));
}

Reply get_thumbnail_content(GraphCall& call) {
  const auto lock = call.store().lock();
  const Item& item = shown_item(call);
  Reply reply = empty_reply(302);
  add_request_ids(call.exchange, reply);
  reply.set("Location", thumbnail_url(call.exchange, item, asked_size(call)));
  return reply;
}

Reply preview_item(GraphCall& call) {
  read_json(call.exchange);
  const auto lock = call.store().lock();
  const Item& item = find_item(call);
  if (item.folder) throw bad_request("A folder has no preview");
  return json_reply(call.exchange, 200,
                    {{"@odata.context", call.context("microsoft.graph.itemPreviewInfo")},
                     {"getUrl", preview_url(call.exchange, item)},
                     {"postUrl", nullptr},
                     {"postParameters", nullptr}});
}

}  // namespace kerros::sandbox
