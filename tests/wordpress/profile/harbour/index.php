<!doctype html>
<html <?php language_attributes(); ?>><head><meta charset="utf-8"><?php wp_head(); ?></head><body>
<div class="top"><a href="<?php echo home_url('/'); ?>">Harbour Desk</a> <div class="tl"><?php wp_page_menu(); ?></div></div>
<div class="wrap"><div class="col-8">
<?php if (!is_singular()) { ?><h1><?php echo is_archive() ? get_the_archive_title() : 'Latest letters'; ?></h1><?php } ?>
<?php while (have_posts()) { the_post(); ?>
  <?php if (is_singular()) { ?>
    <h1><?php the_title(); ?></h1><div class="by"><?php echo get_the_date(), ' | ', get_the_author(), ' | '; the_category(', '); ?></div>
    <div class="txt"><?php the_content(); ?></div><div class="nx"><?php previous_post_link(); next_post_link(); ?></div>
    <?php comments_template(); ?>
  <?php } else { ?>
    <div class="box"><h2><a href="<?php the_permalink(); ?>"><?php the_title(); ?></a></h2><p><?php echo wp_trim_words(get_the_content(), 40); ?></p>
    <a href="<?php the_permalink(); ?>">Read More</a></div>
  <?php } ?>
<?php } posts_nav_link(); ?>
</div><div class="col-4"><?php dynamic_sidebar('sidebar-1'); ?></div></div>
<div class="btm">Harbour Desk keeps this site with gifts from its readers. All rights reserved. <a href="<?php echo home_url('/?page_id=2'); ?>">Contact</a></div>
<?php wp_footer(); ?></body></html>
