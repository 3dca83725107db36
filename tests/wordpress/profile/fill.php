<?php
// Fills WordPress with posts whose text is known, and writes what a reader should get of each.
// Arguments: folder of WordPress, `pretty` or `plain`, host:port, file to write, number of posts, theme.
[, $root, $mode, $host, $out, $posts, $skin] = $argv;
$_SERVER['HTTP_HOST'] = $host;
$_SERVER['SERVER_NAME'] = '127.0.0.1';
$_SERVER['REQUEST_URI'] = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
// Nothing here may send a mail.
function wp_mail() { return true; }
$fresh = !file_exists("$root/.filled");
if ($fresh) {
    define('WP_INSTALLING', true);
}
require "$root/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
require __DIR__ . '/prose.php';

const TAGS = ['harbour', 'shelter', 'interpreter', 'kiln', 'helpline', 'court', 'bus', 'visa'];

function title_of(int $n): string
{
    mt_srand($n * 104729 + 3);
    return ucfirst(pick(WHOM)) . ' ' . pick(WHEN) . ($n % 7 === 0 ? '' : ': letter ' . $n);
}

function comments(int $post, int $count): void
{
    for ($i = 0; $i < $count; $i++) {
        wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => "Reader $i", 'comment_approved' => 1,
            'comment_author_email' => "reader$i@partner.example", 'comment_date' => date('Y-m-d H:i:s', 1500000000 + $post * 4000 + $i * 60),
            'comment_content' => "I was there in week $i and saw the same as letter $post says, more or less."]);
    }
}

function add(int $n, string $type, array $more): void
{
    $blocks = blocks($n);
    $date = date('Y-m-d H:i:s', strtotime('2013-02-03 09:30:00') + $n * 16 * 86400 + $n * 977);
    $id = wp_insert_post($more + ['post_type' => $type, 'post_title' => title_of($n), 'post_status' => 'publish', 'post_date' => $date,
        'post_content' => implode("\n\n", array_column($blocks, 0)), 'comment_status' => 'open'], true);
    update_post_meta($id, 'source', wp_slash(json_encode(['title' => title_of($n), 'lines' => array_merge(...array_column($blocks, 1))])));
    if ($type === 'post' && $n % 4 === 0) {
        comments($id, 1 + $n % 6);
    }
}

if ($fresh) {
    wp_install('Harbour Desk', 'curator', 'curator@partner.example', true, '', 'a long passphrase');
    wp_cache_flush();
    $GLOBALS['wp_rewrite']->init();
    create_initial_taxonomies();
    foreach (get_posts(['post_type' => ['post', 'page'], 'numberposts' => -1, 'post_status' => 'any']) as $sample) {
        wp_delete_post($sample->ID, true);
    }
    $categories = array_map(fn($name) => wp_create_category($name), ['News', 'Reports', 'Training', 'Field notes']);
    for ($n = 1; $n <= $posts; $n++) {
        add($n, 'post', ['post_category' => [$categories[$n % 4]], 'tags_input' => [TAGS[$n % 8], TAGS[$n * 5 % 8]], 'post_author' => 1]);
    }
    for ($n = 1; $n <= max(1, intdiv($posts, 40)); $n++) {
        add(1000 + $n, 'page', []);
    }
    $widgets = ['calendar', 'recent-posts', 'recent-comments', 'archives', 'categories', 'tag_cloud', 'search', 'pages', 'meta'];
    foreach ($widgets as $name) {
        update_option("widget_$name", [2 => ['title' => ucfirst($name)], '_multiwidget' => 1]);
    }
    wp_set_sidebars_widgets(['sidebar-1' => array_map(fn($name) => "$name-2", $widgets)]);
    foreach (['posts_per_page' => 10, 'comment_registration' => 0, 'close_comments_for_old_posts' => 0, 'comment_moderation' => 0] as $key => $value) {
        update_option($key, $value);
    }
    touch("$root/.filled");
    // Rewrite rules want a WordPress that is not being installed.
    passthru(implode(' ', array_map('escapeshellarg', array_merge([PHP_BINARY], $argv))), $code);
    exit($code);
}
switch_theme($skin);
$GLOBALS['wp_rewrite']->set_permalink_structure($mode === 'pretty' ? '/%year%/%monthnum%/%postname%/' : '');
flush_rewrite_rules();
$lines = [];
foreach (get_posts(['post_type' => ['post', 'page'], 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC']) as $post) {
    $lines[] = json_encode(['url' => get_permalink($post)] + json_decode(get_post_meta($post->ID, 'source', true), true),
        JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
}
file_put_contents($out, implode("\n", $lines) . "\n");
