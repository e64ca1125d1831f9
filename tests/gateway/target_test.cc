#include "gateway/graph/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/graph/query.h"

namespace kerros::graph {
namespace {

Target parsed(std::string_view raw) {
  auto target = parse_target(raw);
  if (!target) {
    ADD_FAILURE() << raw << ": " << target.error().detail;
    return {};
  }
  return *target;
}

struct Form {
  const char* raw;
  const char* drive_id;
  const char* item_id;
  const char* path;
  const char* relation;
  const char* raw_item;
};

class ItemForms : public testing::TestWithParam<Form> {};

TEST_P(ItemForms, NameTheSameThing) {
  const Form& form = GetParam();
  const Target target = parsed(form.raw);
  ASSERT_TRUE(target.has_item);
  EXPECT_EQ(target.item.drive_id, form.drive_id);
  EXPECT_EQ(target.item.item_id, form.item_id);
  EXPECT_EQ(target.item.path, form.path);
  EXPECT_EQ(target.relation, form.relation);
  EXPECT_EQ(target.item.raw_item, form.raw_item);
}

#define ME "/v1.0/me/drive/root"
INSTANTIATE_TEST_SUITE_P(
    Target, ItemForms,
    testing::Values(
        // by id
        Form{"/v1.0/drives/b!x/items/01A", "b!x", "01A", "", "", "/v1.0/drives/b!x/items/01A"},
        Form{"/v1.0/drives/b%21x/items/01A/content", "b!x", "01A", "", "content",
             "/v1.0/drives/b%21x/items/01A"},
        Form{"/beta/me/drive/items/01A/contentStream", "", "01A", "", "contentStream",
             "/beta/me/drive/items/01A"},
        Form{"/v1.0/drives('b!x')/items('01A')/children", "b!x", "01A", "", "children",
             "/v1.0/drives('b!x')/items('01A')"},
        Form{"/v1.0/drives(b!x)/items(01A)", "b!x", "01A", "", "", "/v1.0/drives(b!x)/items(01A)"},
        Form{"/v1.0/me/drive/items/root/children", "", "root", "", "children",
             "/v1.0/me/drive/items/root"},
        Form{"/v1.0/me/drive/items/F00%21123", "", "F00!123", "", "",
             "/v1.0/me/drive/items/F00%21123"},
        // every root
        Form{"/v1.0/drive/root", "", "root", "", "", "/v1.0/drive/root"},
        Form{"/v1.0/users/a%40b.test/drive/root", "", "root", "", "",
             "/v1.0/users/a%40b.test/drive/root"},
        Form{"/v1.0/users/drive/drive/root", "", "root", "", "", "/v1.0/users/drive/drive/root"},
        Form{"/v1.0/groups/g/drives/b!x/root", "b!x", "root", "", "",
             "/v1.0/groups/g/drives/b!x/root"},
        Form{"/v1.0/groups/g/sites/s/drive/root", "", "root", "", "",
             "/v1.0/groups/g/sites/s/drive/root"},
        Form{"/v1.0/sites/h.test,1-2,3-4/drive/root/children", "", "root", "", "children",
             "/v1.0/sites/h.test,1-2,3-4/drive/root"},
        Form{"/v1.0/sites/h.test:/sites/x:/drive/root:/a:/content", "", "root", "/a", "content",
             "/v1.0/sites/h.test:/sites/x:/drive/root:/a:"},
        Form{"/v1.0/sites/getByPath(path='/sites/x')/drive/root", "", "root", "", "",
             "/v1.0/sites/getByPath(path='/sites/x')/drive/root"},
        Form{"/v1.0/sites/s/lists/l/drive/root", "", "root", "", "",
             "/v1.0/sites/s/lists/l/drive/root"},
        Form{"/v1.0/sites/s/lists/l/items/3/driveItem/content", "", "nav:driveItem", "", "content",
             "/v1.0/sites/s/lists/l/items/3/driveItem"},
        Form{"/v1.0/drives/b!x/list/items/3/driveItem", "b!x", "nav:driveItem", "", "",
             "/v1.0/drives/b!x/list/items/3/driveItem"},
        Form{"/v1.0/teams/t/channels/19:ab@thread.tacv2/filesFolder/content", "", "nav:filesFolder",
             "", "content", "/v1.0/teams/t/channels/19:ab@thread.tacv2/filesFolder"},
        Form{"/v1.0/shares/u!aHR0/driveItem/content", "", "nav:driveItem", "", "content",
             "/v1.0/shares/u!aHR0/driveItem"},
        Form{"/v1.0/shares/u!aHR0/root:/x:/content", "", "nav:root", "/x", "content",
             "/v1.0/shares/u!aHR0/root:/x:"},
        Form{"/v1.0/shares/u!aHR0/items/01A", "", "01A", "", "", "/v1.0/shares/u!aHR0/items/01A"},
        Form{"/v1.0/storage/fileStorage/containers/c/drive/root", "", "root", "", "",
             "/v1.0/storage/fileStorage/containers/c/drive/root"},
        Form{"/v1.0/me/drive/special/approot:/x.txt:/content", "", "special:approot", "/x.txt",
             "content", "/v1.0/me/drive/special/approot:/x.txt:"},
        Form{"/v1.0/me/drive/following/01A", "", "01A", "", "", "/v1.0/me/drive/following/01A"}));

INSTANTIATE_TEST_SUITE_P(
    ColonPath, ItemForms,
    testing::Values(Form{ME ":/a/b.txt", "", "root", "/a/b.txt", "", ME ":/a/b.txt:"},
                    Form{ME ":/a/b.txt:", "", "root", "/a/b.txt", "", ME ":/a/b.txt:"},
                    Form{ME ":/a/b.txt:/", "", "root", "/a/b.txt", "", ME ":/a/b.txt:"},
                    Form{ME ":/a/b.txt/", "", "root", "/a/b.txt", "", ME ":/a/b.txt:"},
                    Form{ME ":/a%2F", "", "root", "/a", "", ME ":/a:"},
                    Form{ME ":/", "", "root", "", "", ME},
                    Form{ME ":/a:?select=id", "", "root", "/a", "", ME ":/a:"},
                    Form{ME ":/a/b.txt:/content", "", "root", "/a/b.txt", "content",
                         ME ":/a/b.txt:"},
                    Form{ME "%3A%2Fa%2Fb.txt%3A/content", "", "root", "/a/b.txt", "content",
                         ME "%3A%2Fa%2Fb.txt%3A"},
                    Form{"/v1.0/me/drive/items/root%3A%2Fa%2Fb%3A/content", "", "root", "/a/b",
                         "content", "/v1.0/me/drive/items/root%3A%2Fa%2Fb%3A"},
                    Form{"/v1.0/me/drive/items/root:%2fa:/content", "", "root", "/a", "content",
                         "/v1.0/me/drive/items/root:%2fa:"},
                    Form{ME ":/a%3a/content", "", "root", "/a", "content", ME ":/a%3a"},
                    Form{ME ":/.%2Fdocs%2Ften.bin:/content", "", "root", "/docs/ten.bin", "content",
                         ME ":/.%2Fdocs%2Ften.bin:"},
                    Form{ME ":/:/children", "", "root", "", "children", ME},
                    Form{"/v1.0/drives/d/items/01F:/neu.txt:/createUploadSession", "d", "01F",
                         "/neu.txt", "createUploadSession", "/v1.0/drives/d/items/01F:/neu.txt:"},
                    Form{ME ":/a:/microsoft.graph.createUploadSession", "", "root", "/a",
                         "createUploadSession", ME ":/a:"},
                    Form{ME ":/it's%20(1).txt:/content", "", "root", "/it's (1).txt", "content",
                         ME ":/it's%20(1).txt:"},
                    Form{ME ":/%23%25%2B+%252F&=,;@$!~%F0%9F%98%80:/content", "", "root",
                         "/#%++%2F&=,;@$!~\xf0\x9f\x98\x80", "content",
                         ME ":/%23%25%2B+%252F&=,;@$!~%F0%9F%98%80:"},
                    Form{ME ":/p%C3%B6yt%C3%A4", "", "root", "/p\xc3\xb6yt\xc3\xa4", "",
                         ME ":/p%C3%B6yt%C3%A4:"}));

INSTANTIATE_TEST_SUITE_P(
    Relation, ItemForms,
    testing::Values(Form{ME "/children('a''b')/content", "", "root", "/a'b", "content",
                         ME "/children('a''b')"},
                    Form{ME ":/f:/children('b.txt')/content", "", "root", "/f/b.txt", "content",
                         ME ":/f:/children('b.txt')"},
                    Form{ME "/delta(token='a/b')", "", "root", "", "delta", ME},
                    Form{ME "/microsoft.graph.delta()", "", "root", "", "delta", ME},
                    Form{ME "/search(q='a%2Fb%3A/c')", "", "root", "", "search", ME},
                    Form{ME "/versions('2.0')/content", "", "root", "", "versions/2.0/content", ME},
                    Form{ME "/versions/2.0/content", "", "root", "", "versions/2.0/content", ME},
                    Form{ME "/content/$value", "", "root", "", "content/$value", ME}));

TEST(Target, FindsANameInTheQuery) {
  const Target target =
      parsed("/v1.0/me/drive/items/01F/children('@a1')/content?x=1&%40a1=%27it%27%27s%27");
  EXPECT_EQ(target.item.item_id, "01F");
  EXPECT_EQ(target.item.path, "/it's");
  EXPECT_EQ(target.item.raw_alias, "%40a1=%27it%27%27s%27");
  EXPECT_EQ(target.relation, "content");
}

TEST(Target, KeepsTheOctetsReceived) {
  const Target target = parsed("/v1.0/me/drive/root:/%2525%c3%a4:/content?$select=a%2Cb&x=+%2B");
  EXPECT_EQ(target.raw_path, "/v1.0/me/drive/root:/%2525%c3%a4:/content");
  EXPECT_EQ(target.raw_query, "$select=a%2Cb&x=+%2B");
  EXPECT_EQ(target.item.raw_start, "/v1.0/me/drive/root");
  EXPECT_EQ(target.item.drive_url, "/v1.0/me/drive");
}

TEST(Target, AcceptsTheAbsoluteForm) {
  const Target target = parsed("https://graph.test:8443/v1.0/me/drive/root?a=b");
  EXPECT_EQ(target.authority, "graph.test:8443");
  EXPECT_EQ(target.raw_path, "/v1.0/me/drive/root");
  EXPECT_TRUE(target.has_item);
}

TEST(Target, SeesDrivesAndListsOfDrives) {
  EXPECT_EQ(parsed("/v1.0/me/drives").scope, Target::Scope::kDrives);
  EXPECT_EQ(parsed("/v1.0/drives/b!x").scope, Target::Scope::kDrive);
  EXPECT_EQ(parsed("/v1.0/drives/b!x").item.drive_id, "b!x");
  EXPECT_EQ(parsed("/v1.0/me/drive/microsoft.graph.recent()").relation, "recent");
  EXPECT_EQ(parsed("/v1.0/users/drive").scope, Target::Scope::kOther);
  EXPECT_TRUE(parsed("/v1.0/shares/u!x").via_share);
}

TEST(Target, ComparesRouteWordsWithCase) {
  EXPECT_FALSE(parsed("/v1.0/me/DRIVE/items/01A/content").has_item);
  EXPECT_FALSE(parse_target("/v1.0/me/DRIVE/root:/a:/content"));
}

TEST(Target, FindsOptionsWithAndWithoutDollar) {
  for (const char* raw : {"/v1.0/me?$select=size", "/v1.0/me?select=size",
                          "/v1.0/me?%24select=size", "/v1.0/me?$Select=size"}) {
    const Target target = parsed(raw);
    ASSERT_NE(target.option("select"), nullptr) << raw;
    EXPECT_EQ(*target.option("select"), "size");
  }
  EXPECT_EQ(parsed("/v1.0/me").option("select"), nullptr);
}

TEST(Target, HoldsABoundedNumberOfOptions) {
  std::string query = "?$top=1";
  for (std::size_t i = 1; i < kMostOptions; ++i) query += "&@a" + std::to_string(i) + "=1";
  EXPECT_EQ(parsed("/v1.0/me/drive" + query).options.size(), kMostOptions);
  EXPECT_FALSE(parse_target("/v1.0/me/drive" + query + "&x=1"));
  EXPECT_TRUE(parse_target("/v1.0/me/drive" + query + "&&&&"));
}

TEST(Target, FindsConflictBehaviorInEverySpelling) {
  EXPECT_EQ(conflict_behavior(parsed("/v1.0/me?@microsoft.graph.conflictBehavior=fail")), "fail");
  EXPECT_EQ(conflict_behavior(parsed("/v1.0/me?%40microsoft.graph.conflictBehavior=rename")),
            "rename");
  EXPECT_EQ(conflict_behavior(parsed("/v1.0/me?@name.conflictBehavior=replace")), "replace");
  EXPECT_EQ(conflict_behavior(parsed("/v1.0/me")), "");
}

class Refused : public testing::TestWithParam<const char*> {};

TEST_P(Refused, AsAmbiguous) {
  const auto target = parse_target(GetParam());
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, ErrorCode::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(
    Target, Refused,
    testing::Values(
        "", "*", "v1.0/me", "/", "/v1.0x/me", "/V1.0/me", "/v2.0/me", "ftp://h/v1.0/me",
        "https:///v1.0/me", "https://u@h/v1.0/me", "/v1.0https://tenant.test/x?guid='1'",
        ME ":/../a", ME ":/a/../b", ME ":/a/%2e%2e/b", ME ":/a/.%2e", ME ":/a/%252e%252e/b",
        ME ":/a/./b", ME ":/a/%2e/b", ME ":/././a", ME "/../root", "/v1.0/%2e%2e/me", "/v1.0/./me",
        "/v1.0//me", "/v1.0/me//drive", ME "://a", ME ":/a//b", ME ":/a%2F/b", ME ":/a/:/content",
        ME ":/a%00b", ME ":/a%0d%0ab", ME ":/a%7f", ME ":/a\\b", ME ":/a%5cb", ME ":/%", ME ":/%4",
        ME ":/%zz", ME ":/%u0041", ME ":/%C0%AF", ME ":/%E0%80%AF", ME ":/%ED%A0%80", ME ":/%FF",
        ME ":/%C3", ME ":/%F4%90%80%80", ME ":/a b", ME ":/a\xc3\xa4", ME "#x", ME ":/a%20/b",
        ME ":/a.", ME ":/%20a", ME ":/a./b", ME ":/a:b", ME ":", ME "::/a", ME "%3A",
        ME ":/a:/b:/c", ME ":/a:/content:/d", ME "/children('a", ME "/children('a')x",
        ME "/children('a'b')", ME "/children('a/b')", ME "/children('..')", ME "/children('')",
        ME "/children((a))", ME "/children(a'b)", ME "/children('@a1')/content",
        ME "/children('@a1')/content?@a1=x", ME "/children('@a1')/content?@a1='a'b'",
        ME "/children('@a1')/content?@a1='a'&@a1='b'", "/v1.0/me?$select=a&select=b",
        "/v1.0/me?$select=a&$select=b", "/v1.0/me?format=a&$Format=b",
        "/v1.0/me?@name.conflictBehavior=fail&@microsoft.graph.conflictBehavior=replace",
        "/v1.0/v1.0/me", "/v1.0/beta/me", "/beta/%76%31.0/me", "/v1.0/v1.0", "/v1.0/me?a=%",
        "/v1.0/me?a=%00", "/v1.0/me?a=%FF", "/v1.0:/x:/me"));
#undef ME

TEST(Target, NeverRepeatsTheRequestInItsErrors) {
  const auto target = parse_target("/v1.0https://tenant.test/uploadSession?tempauth=secret");
  ASSERT_FALSE(target);
  EXPECT_THAT(target.error().detail, testing::Not(testing::HasSubstr("secret")));
  EXPECT_THAT(target.error().detail, testing::Not(testing::HasSubstr("tenant")));
}

}  // namespace
}  // namespace kerros::graph
