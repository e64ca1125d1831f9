#include "tools/sandbox/journal.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace kerros::sandbox {
namespace {

using nlohmann::json;

json version_to_json(const Version& v) {
  return {{"label", v.label}, {"blob", v.blob},         {"size", v.size},
          {"hash", v.hash},   {"modified", v.modified}, {"by", v.by}};
}

Version version_from_json(const json& in) {
  Version v;
  in.at("label").get_to(v.label);
  in.at("blob").get_to(v.blob);
  in.at("size").get_to(v.size);
  in.at("hash").get_to(v.hash);
  in.at("modified").get_to(v.modified);
  in.at("by").get_to(v.by);
  return v;
}

json permission_to_json(const Permission& p) {
  return {{"id", p.id}, {"role", p.role}, {"link", p.link}, {"scope", p.scope}, {"user", p.user}};
}

Permission permission_from_json(const json& in) {
  return {in.at("id"), in.at("role"), in.at("link"), in.at("scope"), in.at("user")};
}

}  // namespace

json to_json(const Item& item) {
  json versions = json::array();
  for (const Version& v : item.versions) versions.push_back(version_to_json(v));
  json permissions = json::array();
  for (const Permission& p : item.permissions) permissions.push_back(permission_to_json(p));
  return {{"id", item.id},
          {"drive", item.drive},
          {"parent", item.parent},
          {"name", item.name},
          {"folder", item.folder},
          {"deleted", item.deleted},
          {"purged", item.purged},
          {"deleted_with", item.deleted_with},
          {"deleted_at", item.deleted_at},
          {"number", item.number},
          {"permissions", permissions},
          {"followers", item.followers},
          {"checked_out_by", item.checked_out_by},
          {"checked_out_at", item.checked_out_at},
          {"guid", item.guid},
          {"etag", item.etag},
          {"ctag", item.ctag},
          {"created", item.created},
          {"modified", item.modified},
          {"created_by", item.created_by},
          {"modified_by", item.modified_by},
          {"given_created", item.given_created},
          {"given_modified", item.given_modified},
          {"versions", versions},
          {"change", item.change}};
}

Item item_from_json(const json& in) {
  Item item;
  in.at("id").get_to(item.id);
  in.at("drive").get_to(item.drive);
  in.at("parent").get_to(item.parent);
  in.at("name").get_to(item.name);
  in.at("folder").get_to(item.folder);
  in.at("deleted").get_to(item.deleted);
  in.at("purged").get_to(item.purged);
  in.at("deleted_with").get_to(item.deleted_with);
  in.at("deleted_at").get_to(item.deleted_at);
  in.at("number").get_to(item.number);
  in.at("followers").get_to(item.followers);
  in.at("checked_out_by").get_to(item.checked_out_by);
  in.at("checked_out_at").get_to(item.checked_out_at);
  in.at("guid").get_to(item.guid);
  in.at("etag").get_to(item.etag);
  in.at("ctag").get_to(item.ctag);
  in.at("created").get_to(item.created);
  in.at("modified").get_to(item.modified);
  in.at("created_by").get_to(item.created_by);
  in.at("modified_by").get_to(item.modified_by);
  in.at("given_created").get_to(item.given_created);
  in.at("given_modified").get_to(item.given_modified);
  in.at("change").get_to(item.change);
  for (const json& v : in.at("versions")) item.versions.push_back(version_from_json(v));
  for (const json& p : in.at("permissions")) item.permissions.push_back(permission_from_json(p));
  return item;
}

json to_json(const UploadSession& s) {
  json out = {{"guid", s.guid},
              {"drive", s.drive},
              {"parent", s.parent},
              {"name", s.name},
              {"item", s.item},
              {"replaces", s.replaces},
              {"conflict", s.conflict},
              {"if_match", s.if_match},
              {"given_created", s.given_created},
              {"given_modified", s.given_modified},
              {"user", s.user},
              {"target", s.target},
              {"host", s.host},
              {"received", s.received},
              {"expires", s.expires},
              {"token_expires", s.token_expires},
              {"deferred", s.deferred}};
  if (s.total) out["total"] = *s.total;
  return out;
}

UploadSession session_from_json(const json& in) {
  UploadSession s;
  in.at("guid").get_to(s.guid);
  in.at("drive").get_to(s.drive);
  in.at("parent").get_to(s.parent);
  in.at("name").get_to(s.name);
  in.at("item").get_to(s.item);
  in.at("replaces").get_to(s.replaces);
  in.at("conflict").get_to(s.conflict);
  in.at("if_match").get_to(s.if_match);
  in.at("given_created").get_to(s.given_created);
  in.at("given_modified").get_to(s.given_modified);
  in.at("user").get_to(s.user);
  in.at("target").get_to(s.target);
  in.at("host").get_to(s.host);
  in.at("received").get_to(s.received);
  in.at("expires").get_to(s.expires);
  in.at("token_expires").get_to(s.token_expires);
  in.at("deferred").get_to(s.deferred);
  if (in.contains("total")) s.total = in["total"].get<std::uint64_t>();
  return s;
}

void Journal::replay(const std::function<void(const json&)>& each) const {
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) {
    const json parsed = json::parse(line, nullptr, false);
    if (parsed.is_discarded()) return;
    each(parsed);
  }
}

void Journal::rewrite(const std::vector<json>& lines) {
  const std::string fresh = path_ + ".new";
  file_.reset(std::fopen(fresh.c_str(), "w"));
  if (!file_) throw std::runtime_error("cannot write " + fresh);
  for (const json& line : lines) append(line);
  std::filesystem::rename(fresh, path_);
}

void Journal::append(const json& line) {
  const auto text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), file_.get());
  std::fflush(file_.get());
}

}  // namespace kerros::sandbox
