#include "gateway/policy/places.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

namespace kerros::policy {
namespace {

Place at(std::string path) { return {"d", "", std::move(path)}; }

Place with_id(std::string id, std::string path = "") {
  return {"d", std::move(id), std::move(path)};
}

std::vector<std::string> paths_of(const std::vector<Place>& places) {
  std::vector<std::string> paths;
  for (const Place& place : places) paths.push_back(place.path);
  return paths;
}

bool has(const std::vector<Place>& places, const std::string& path) {
  return std::ranges::any_of(places, [&](const Place& one) { return one.path == path; });
}

graph::ItemAddress spelled(std::string drive, std::string item, std::string path = "") {
  graph::ItemAddress address;
  address.drive_id = std::move(drive);
  address.item_id = std::move(item);
  address.path = std::move(path);
  return address;
}

TEST(SpelledId, IsNeitherAPathNorAWordForAPlace) {
  EXPECT_TRUE(spells_id(spelled("d", "01A")));
  EXPECT_FALSE(spells_id(spelled("d", "01A", "/a.docx")));
  for (const char* word : {"", "root", "special:documents", "nav:driveItem"})
    EXPECT_FALSE(spells_id(spelled("d", word))) << word;
}

TEST(AddressedPlace, HasTheIdThatTheUrlSpellsAndNotTheOneThatUpstreamTold) {
  const Place told{"told", "01TOLD", "/A/b.txt"};
  EXPECT_EQ(addressed(spelled("d", "01A"), told).item_id, "01A");
  EXPECT_EQ(addressed(spelled("d", "01A"), told).drive_id, "d");
  EXPECT_EQ(addressed(spelled("", "01A"), told).drive_id, "told") << "me/drive spells none";
  EXPECT_EQ(addressed(spelled("d", "root", "/A/b.txt"), told).item_id, "");
  EXPECT_EQ(addressed(spelled("d", "special:documents"), told).item_id, "");
  EXPECT_EQ(addressed(spelled("d", "01A"), told).path, "/A/b.txt");
}

bool names(const Place& named, const Place& recorded) {
  return is_addressed(std::span(&named, 1), recorded);
}

TEST(AddressedRecord, IsKnownByItsIdBeforeItsPath) {
  const Place recorded = with_id("01A", "/A/b.txt");
  EXPECT_TRUE(names(with_id("01A"), recorded));
  EXPECT_TRUE(names(with_id("01A", "/elsewhere"), recorded));
  EXPECT_FALSE(names(with_id("01B", "/A/b.txt"), recorded));
  EXPECT_TRUE(names(at("/a/B.TXT"), recorded)) << "as SharePoint compares names";
  EXPECT_FALSE(names(at("/A/c.txt"), recorded));
}

TEST(AddressedRecord, IsNeverInAnotherDrive) {
  const Place recorded = with_id("01A", "/A/b.txt");
  EXPECT_FALSE(names({"e", "01A", ""}, recorded));
  EXPECT_FALSE(names({"e", "", "/A/b.txt"}, recorded));
  EXPECT_TRUE(names({"", "01A", ""}, recorded)) << "an address may leave the drive to upstream";
}

TEST(AddressedRecord, IsNotFoundByAPathThatItDoesNotKnow) {
  EXPECT_FALSE(names(at(""), with_id("01A")));
  EXPECT_FALSE(names(at("/A/b.txt"), with_id("01A")));
}

TEST(AddressedRecord, MayBeAnyOfTheNamedPlaces) {
  const std::vector<Place> named{at("/x"), with_id("01B"), at("/A/b.txt")};
  EXPECT_TRUE(is_addressed(named, with_id("01A", "/A/b.txt")));
  EXPECT_FALSE(is_addressed(named, with_id("01A", "/A/c.txt")));
  EXPECT_FALSE(is_addressed({}, with_id("01A", "/A/b.txt")));
}

TEST(EndsOfAnUpload, AreTheAddressAndTheOtherNameBesideItOrInIt) {
  const auto ends = ends_of(with_id("01A", "/A/b.txt"), "c.txt");
  EXPECT_EQ(paths_of(ends), (std::vector<std::string>{"/A/b.txt", "/A/c.txt", "/A/b.txt/c.txt"}));
  EXPECT_EQ(ends[0].item_id, "01A");
  EXPECT_EQ(ends[1].item_id, "") << "nobody knows what lies there";
}

TEST(EndsOfAnUpload, AreTheAddressAloneWhereNoOtherNameIsTold) {
  for (const char* name : {"", "b.txt"}) EXPECT_EQ(ends_of(at("/A/b.txt"), name).size(), 1u);
  EXPECT_EQ(ends_of(with_id("01A"), "c.txt").size(), 1u) << "a place that is not known has no side";
}

TEST(EndsOfAnUpload, InTheRootHaveOneSlash) {
  EXPECT_TRUE(has(ends_of(at("/"), "c.txt"), "/c.txt"));
  EXPECT_TRUE(has(ends_of(at("/b.txt"), "c.txt"), "/c.txt"));
  EXPECT_FALSE(has(ends_of(at("/"), "c.txt"), "//c.txt"));
}

TEST(EndsOfAKeptSession, AreEveryFolderWithEveryName) {
  const auto ends = ends_of(at("/A/b"), "n", {{"e", "", "/S/t"}, "own"});
  for (const char* folder : {"/A/b", "/A", "/S"})
    for (const char* name : {"n", "b", "t", "own"})
      EXPECT_TRUE(has(ends, std::string(folder) + "/" + name)) << folder << ' ' << name;
  EXPECT_TRUE(has(ends, "/S/t"));
  for (const Place& end : ends)
    EXPECT_EQ(end.drive_id, end.path.starts_with("/S") ? "e" : "d") << end.path;
}

TEST(EndsOfAKeptSession, AreFewerWhereLessIsKnown) {
  const auto ends = ends_of(with_id("01A"), "", {{"d", "01S", ""}, ""});
  ASSERT_EQ(ends.size(), 2u);
  EXPECT_EQ(ends[0].item_id, "01A");
  EXPECT_EQ(ends[1].item_id, "01S");
}

const Rules kSalassa{{{"secret", {}, {"/Salassa/**"}, ""}}, LegacyPlain::kPass};

TEST(ProtectedPlace, IsOneThatARuleMatchesOrCould) {
  EXPECT_TRUE(may_be_protected(kSalassa, at("/Salassa/a.docx")));
  EXPECT_FALSE(may_be_protected(kSalassa, at("/Yleinen/a.docx")));
  EXPECT_TRUE(may_be_protected(kSalassa, with_id("01A"))) << "it does not say enough";
  EXPECT_FALSE(may_be_protected({}, with_id("01A")));
}

std::string some_path() {
  std::string path;
  for (int depth = *rc::gen::inRange(1, 4); depth > 0; --depth)
    path += "/" + *rc::gen::element<std::string>("Salassa", "Yleinen", "a.docx", "b");
  return path;
}

// However upstream combines address and name, a protected end decides.
RC_GTEST_PROP(DecidingEnd, IsProtectedWhereverUpstreamCouldTakeAProtectedOne, ()) {
  const Place address = at(some_path());
  const auto name = *rc::gen::element<std::string>("", "Salassa", "a.docx", "c");
  const std::string folder = address.path.substr(0, address.path.rfind('/'));
  bool could_be = match(kSalassa, address) != nullptr;
  if (!name.empty() && !address.path.ends_with("/" + name))
    could_be = could_be || match(kSalassa, at(folder + "/" + name)) != nullptr ||
               match(kSalassa, at(address.path + "/" + name)) != nullptr;
  const Place end = deciding_end(kSalassa, address, name);
  RC_ASSERT((match(kSalassa, end) != nullptr) == could_be);
  if (!could_be) RC_ASSERT(end.path == address.path);
}

}  // namespace
}  // namespace kerros::policy
