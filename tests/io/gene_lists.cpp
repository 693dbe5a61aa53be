#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <tepui/io/gene_lists.hpp>

#include "io/files.hpp"

namespace test_io_gene_lists {
namespace {
namespace io = tepui::io;
using names = std::vector<std::string>;
using ids = std::vector<std::int32_t>;

TEST_CASE("a vocabulary is JSON or a table") {
  for (const char* text :
       {"{\"<pad>\": 0, \"A\": 7}", "gene_name\tindex\n<pad>\t0\nA\t7\n", "gene_name,idx\n<pad>,0\nA, 7\n",
        "x,y\n<pad>,0\nA,7\n", "id,gene\n0,<pad>\n7,A\n", "note,token,other,token_id\n.,<pad>,.,0\n.,A,.,7\n"}) {
    CAPTURE(text);
    const auto path = io_files::write_text("words", text);
    const auto words = io::read_vocabulary(path);
    CHECK(words.name == names{"<pad>", "A"});
    CHECK(words.id == ids{0, 7});
    CHECK(words.source == "'" + path + "'");
  }
}
TEST_CASE("gene numbers") {
  CHECK(io::read_gene_numbers(io_files::write_text("n", "{\"A\": 0.5, \"B\": 3}")).value == std::vector<double>{0.5, 3});
  CHECK(io::read_gene_numbers(io_files::write_text("n", "gene,median\nA,0.5\n")).name == names{"A"});
}
TEST_CASE("gene positions keep both names of a gene, and every chromosome") {
  const auto two =
      io::read_gene_positions(io_files::write_text("p", "ensembl_id,gene_name,chromosome,start\nENSG01,A,chr1,5\n"));
  CHECK(two.name == names{"ENSG01", "A"});
  CHECK(two.chromosome == names{"chr1", "chr1"});
  CHECK(two.start == std::vector<double>{5, 5});
  const auto path = io_files::write_text("p", "species,chromosome,start,gene_symbol\nhuman,X,5,A\nmouse,2,6,A\n");
  const auto human = io::read_gene_positions(path, "human");
  CHECK(human.name == names{"A", ""});
  CHECK(human.chromosome == names{"human_X", "mouse_2"});
  CHECK(io::read_gene_positions(path).name == names{"A", "A"});
  CHECK(io_files::refusal([&] { return io::read_gene_positions(path, "yeast"); }).find("no genes of the species 'yeast'") !=
        std::string::npos);
}
TEST_CASE("a network is the columns that are called so, or the first two") {
  const auto called = io::read_gene_network(io_files::write_text("g", "tf\tconfidence\ttarget\tmor\nAR\tA\tABCE1\t1\n"));
  CHECK(called.from == names{"AR"});
  CHECK(called.to == names{"ABCE1"});
  CHECK(io::read_gene_network(io_files::write_text("g", "a,b,c\nX,Y,1\n")).to == names{"Y"});
}
TEST_CASE("what is wrong is said with its place") {
  const auto words = [](const char* text) {
    return io_files::refusal([&] { return io::read_vocabulary(io_files::write_text("w", text)); });
  };
  CHECK(words("{\"A\": 1.5}").find("entry 'A': it has the id 1.5, and ids are whole numbers from 0") != std::string::npos);
  CHECK(words("{\"A\": -1}").find("it has the id -1") != std::string::npos);
  CHECK(words("{\"A\": 9999999999}").find("ids are whole numbers") != std::string::npos);
  CHECK(words("{\"A\": 1, \"A\": 2}").find("entry 'A': the name stands there twice") != std::string::npos);
  CHECK(words("{\"A\": 1, \"B\": 1}").find("entry 'B': the id 1 was given before") != std::string::npos);
  CHECK(words("{}").find("it holds no entry") != std::string::npos);
  CHECK(words("gene,index\nA,one\n").find("line 2: the column 'index' holds 'one' where a number is wanted") !=
        std::string::npos);
  CHECK(words("a,b,c\n1,2,3\n").find("line 1: its columns do not tell") != std::string::npos);
  CHECK(words("a\n1\n").find("line 1: its columns do not tell") != std::string::npos);
  const auto places = [](const char* text) {
    return io_files::refusal([&] { return io::read_gene_positions(io_files::write_text("w", text)); });
  };
  CHECK(places("gene,start\nA,1\n").find("line 1: it lacks a column") != std::string::npos);
  CHECK(places("gene,chromosome,start\nA,1,?\n").find("line 2: the column 'start' holds '?'") != std::string::npos);
  const auto edges = [](const char* text) {
    return io_files::refusal([&] { return io::read_gene_network(io_files::write_text("w", text)); });
  };
  CHECK(edges("a\nA\n").find("it has one column") != std::string::npos);
  CHECK(edges("a,b\nA,\n").find("line 2: an edge lacks a gene") != std::string::npos);
  CHECK(io_files::refusal([] { return io::read_vocabulary("/nowhere"); }).find("does not exist") != std::string::npos);
}
TEST_CASE("the files of published models read") {
  if (io_files::shared("").empty()) {
    MESSAGE("skipped: needs shared data");
    return;
  }
  const auto resource = [](const std::string& name) { return io_files::shared("resources/" + name); };
  CHECK(io::read_vocabulary(resource("maxtoki_token_dictionary_v1.json")).size() == 20275);
  CHECK(io::read_gene_numbers(resource("maxtoki_gene_median_v1.json")).name.size() == 42005);
  CHECK(io::read_vocabulary(resource("scgpt_default_gene_vocab.json")).size() == 48292);
  CHECK(io::read_vocabulary(resource("scfoundation_gene_index_19264.tsv")).size() == 19264);
  const auto gremln = io::read_vocabulary(resource("gremln_gene_vocab.csv"));
  CHECK(gremln.size() == 19247);
  CHECK(gremln.id[std::size_t(std::find(gremln.name.begin(), gremln.name.end(), "<CLS>") - gremln.name.begin())] == 19246);
  CHECK(io::read_gene_network(resource("dorothea_hs.tsv.gz")).size() > 100000);
  const auto positions = io::read_gene_positions(resource("human_protein_coding_grch38.tsv"));
  CHECK(positions.name.size() == 2 * 20097);
  CHECK(std::set(positions.chromosome.begin(), positions.chromosome.end()).size() == 25);
  CHECK(io::read_gene_positions(io_files::shared("golden/heimdall/synth/species_chrom.csv"), "human").chromosome[0] ==
        "human_X");
}
}  // namespace
}  // namespace test_io_gene_lists
